using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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
[StructLayout(LayoutKind.Sequential)]
public readonly record struct OrderCounters(
    long Due, long Captured, long Refunded, long Ordered, long Packed, long Shipped, long Delivered, long Returned)
{
    /// <summary>How many counters there are.</summary>
    public const int Count = 8;

    /// <summary>The value of one counter.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such counter.</exception>
    public long this[Counter counter]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((int)counter, (int)Counter.Returned, nameof(counter));
            return Read(in this, (int)counter);
        }
    }

    // The eight fields lie one behind the other; the index was checked or comes from a compiled model.
    internal static long Read(in OrderCounters counters, int index) =>
        Unsafe.Add(ref Unsafe.AsRef(in counters.DueField), index);

    internal static void Add(ref OrderCounters counters, int index, long change) =>
        Unsafe.Add(ref Unsafe.AsRef(in counters.DueField), index) += change;

    [UnscopedRef]
    private ref readonly long DueField => ref Unsafe.As<OrderCounters, long>(ref Unsafe.AsRef(in this));
}
