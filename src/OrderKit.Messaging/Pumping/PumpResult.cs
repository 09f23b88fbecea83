namespace OrderKit.Messaging;

/// <summary>What a pump did.</summary>
/// <param name="Delivered">Messages delivered.</param>
/// <param name="Failed">Messages that failed and wait.</param>
public readonly record struct PumpResult(int Delivered, int Failed)
{
    /// <summary>Messages that failed for good and are dead letters now.</summary>
    public int Dead { get; init; }

    internal int Count => Delivered + Failed + Dead;

    internal PumpResult Plus(PumpResult other) => new(Delivered + other.Delivered, Failed + other.Failed) { Dead = Dead + other.Dead };
}
