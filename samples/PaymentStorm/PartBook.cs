namespace PaymentStorm;

/// <summary>
/// Counts the acknowledged parts of orders and their effects, so that a lost part and a duplicate part of one order do not cancel out.
/// </summary>
/// <remarks>Several threads may record answers.</remarks>
internal sealed class PartBook(int orders)
{
    // A bit for each acknowledged part, which the provider does not send again.
    private readonly int[] _answered = new int[orders];
    private readonly byte[] _found = new byte[orders * Callback.Parts];

    /// <summary>Records that a part was acknowledged.</summary>
    public void NoteAnswer(Callback callback) => Interlocked.Or(ref _answered[callback.Order], 1 << callback.Part);

    /// <summary>Records one effect of a part.</summary>
    public void NoteEffect(Callback callback)
    {
        ref var found = ref _found[(callback.Order * Callback.Parts) + callback.Part];
        found += found < byte.MaxValue ? (byte)1 : (byte)0;
    }

    /// <summary>Returns the number of acknowledged parts without an effect, and of surplus effects.</summary>
    public (long Lost, long Double) Compare()
    {
        long lost = 0, doubled = 0;
        for (var i = 0; i < _found.Length; i++)
        {
            var isAnswered = (_answered[i / Callback.Parts] & (1 << (i % Callback.Parts))) != 0;
            lost += isAnswered && _found[i] == 0 ? 1 : 0;
            doubled += Math.Max(0, _found[i] - 1);
        }

        return (lost, doubled);
    }
}
