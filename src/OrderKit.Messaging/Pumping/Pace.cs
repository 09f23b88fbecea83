namespace OrderKit.Messaging;

/// <summary>How many messages are taken at once: as many as are done in the given time, by what those before took.</summary>
internal sealed class Pace(int first, int most, TimeSpan goal)
{
    private int _size = first;

    public int Size => Volatile.Read(ref _size);

    public void Took(int count, TimeSpan time)
    {
        if (time > goal)
        {
            Volatile.Write(ref _size, Math.Max(1, (int)(count * (goal / time))));
        }
        else if (count == Size && time < goal / 2)
        {
            Volatile.Write(ref _size, Math.Min(most, count * 2));
        }
    }
}
