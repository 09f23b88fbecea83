using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>The values of all <see cref="Counter"/>s of one order.</summary>
/// <param name="Due">Money that the buyer owes in all, minor units.</param>
/// <param name="Captured">Money that came in, minor units.</param>
/// <param name="Refunded">Money that went back, minor units.</param>
/// <param name="Ordered">Pieces ordered.</param>
/// <param name="Packed">Pieces packed.</param>
/// <param name="Shipped">Pieces that left the warehouse.</param>
/// <param name="Delivered">Pieces delivered with a verdict.</param>
/// <param name="Returned">Pieces that came back.</param>
public readonly record struct OrderCounters(
    long Due, long Captured, long Refunded, long Ordered, long Packed, long Shipped, long Delivered, long Returned)
{
    // A quarter of the range of 64 bits, so that no sum or difference of two counters leaves it.
    internal const long Limit = long.MaxValue / 4;

    /// <summary>The value of one counter.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such counter.</exception>
    public long this[Counter counter] => counter switch
    {
        Counter.Due => Due,
        Counter.Captured => Captured,
        Counter.Refunded => Refunded,
        Counter.Ordered => Ordered,
        Counter.Packed => Packed,
        Counter.Shipped => Shipped,
        Counter.Delivered => Delivered,
        Counter.Returned => Returned,
        _ => throw new ArgumentOutOfRangeException(nameof(counter), counter, "There is no such counter."),
    };

    internal static bool IsInRange(long value) => value is >= -Limit and <= Limit;

    /// <summary>The counters after a change.</summary>
    /// <exception cref="OverflowException">The sum leaves the range of 64 bits.</exception>
    internal OrderCounters Add(CounterChange change) => checked(change.Index switch
    {
        (int)Counter.Due => this with { Due = Due + change.Change },
        (int)Counter.Captured => this with { Captured = Captured + change.Change },
        (int)Counter.Refunded => this with { Refunded = Refunded + change.Change },
        (int)Counter.Ordered => this with { Ordered = Ordered + change.Change },
        (int)Counter.Packed => this with { Packed = Packed + change.Change },
        (int)Counter.Shipped => this with { Shipped = Shipped + change.Change },
        (int)Counter.Delivered => this with { Delivered = Delivered + change.Change },
        (int)Counter.Returned => this with { Returned = Returned + change.Change },
        _ => throw new ArgumentOutOfRangeException(nameof(change), change, "There is no such counter."),
    });
}
