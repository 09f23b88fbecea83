namespace OrderKit.Messaging;

/// <summary>How many messages share a transaction: as many as are done in the given time. It begins with one.</summary>
internal sealed class TransactionPace(int most, TimeSpan goal)
{
    private int _size = 1;

    public int Size => Volatile.Read(ref _size);

    public void Took(int count, TimeSpan time)
    {
        if (time > goal)
        {
            Volatile.Write(ref _size, Math.Max(1, count / 2));
        }
        else if (count == Size && time < goal / 2)
        {
            Volatile.Write(ref _size, Math.Min(most, count * 2));
        }
    }
}
