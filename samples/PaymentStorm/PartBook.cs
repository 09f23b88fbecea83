namespace PaymentStorm;

/// <summary>Which parts of the orders were answered, and how often each is there. Of the same order, one that is lost and one that is there twice do not make up for each other.</summary>
/// <remarks>Answers may be noted by several threads.</remarks>
internal sealed class PartBook(int orders)
{
    // A bit for each part: what the provider will not send again.
    private readonly int[] _answered = new int[orders];
    private readonly byte[] _found = new byte[orders * Callback.Parts];

    /// <summary>Notes that a part was answered.</summary>
    public void NoteAnswer(Callback callback) => Interlocked.Or(ref _answered[callback.Order], 1 << callback.Part);

    /// <summary>Notes that a part is there, once more.</summary>
    public void NoteEffect(Callback callback)
    {
        ref var found = ref _found[(callback.Order * Callback.Parts) + callback.Part];
        found += found < byte.MaxValue ? (byte)1 : (byte)0;
    }

    /// <summary>How many parts were answered and are not there, and how many are there once too often.</summary>
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
