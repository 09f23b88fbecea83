namespace PaymentStorm;

/// <summary>
/// Callbacks in the order of their deliveries: each three times, twice at once and once later, among thousands of others.
/// </summary>
internal sealed class CallbackStream
{
    public const int Deliveries = 3;

    private const int Soon = 500;
    private const int Later = 20_000;

    private readonly int[] _callbacks;
    private int _next = -1;

    /// <param name="orders">The number of orders.</param>
    /// <param name="seed">The same seed gives the same stream.</param>
    public CallbackStream(int orders, int seed)
    {
        var random = new Random(seed);
        var shuffled = Enumerable.Range(0, orders * Callback.Parts).ToArray();
        random.Shuffle(shuffled);
        var deliveries = new (double At, int Callback)[shuffled.Length * Deliveries];
        for (var i = 0; i < shuffled.Length; i++)
        {
            deliveries[Deliveries * i] = (i, shuffled[i]);
            deliveries[(Deliveries * i) + 1] = (i + (random.NextDouble() * Soon), shuffled[i]);
            deliveries[(Deliveries * i) + 2] = (i + (random.NextDouble() * Later), shuffled[i]);
        }

        Array.Sort(deliveries, static (a, b) => a.At.CompareTo(b.At));
        _callbacks = [.. deliveries.Select(static delivery => delivery.Callback)];
    }

    /// <summary>Returns the next delivery; <see langword="false"/> at the end.</summary>
    public bool TryTake(out Callback callback)
    {
        var i = Interlocked.Increment(ref _next);
        if (i >= _callbacks.Length)
        {
            callback = default;
            return false;
        }

        callback = new Callback(_callbacks[i] / Callback.Parts, _callbacks[i] % Callback.Parts);
        return true;
    }
}
