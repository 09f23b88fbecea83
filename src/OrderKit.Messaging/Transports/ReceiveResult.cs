namespace OrderKit.Messaging;

/// <summary>What a receiver did.</summary>
/// <param name="Accepted">Messages that are new in the inbox.</param>
/// <param name="Duplicate">Redeliveries that the inbox recognised.</param>
/// <param name="Unreadable">Unreadable messages: they are dead letters now.</param>
public readonly record struct ReceiveResult(int Accepted, int Duplicate, int Unreadable)
{
    /// <summary>Messages that not even a dead letter could be made of: the transport put them aside.</summary>
    public int Rejected { get; init; }

    internal ReceiveResult Plus(ReceiveResult other) =>
        new(Accepted + other.Accepted, Duplicate + other.Duplicate, Unreadable + other.Unreadable) { Rejected = Rejected + other.Rejected };
}
