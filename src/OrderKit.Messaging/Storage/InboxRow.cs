using OrderKit.Core;

namespace OrderKit.Messaging.Storage;

/// <summary>A message in the in-memory inbox.</summary>
internal sealed class InboxRow(long id, InboxMessage message, DateTimeOffset receivedAt, TimeSpan headStart)
{
    public long Id { get; } = id;

    /// <summary>The message; without its body once it is done or set aside.</summary>
    public InboxMessage Message { get; set; } = message;

    public DateTimeOffset ReceivedAt { get; } = receivedAt;

    public InboxState State { get; set; }

    /// <summary>From when it may be claimed; while it is claimed, the end of the lease; once it is done, the end of its retention.</summary>
    public DateTimeOffset DueAt { get; set; } = Instants.ToMicroseconds(receivedAt - headStart);

    public int Attempt { get; set; }

    public long Epoch { get; set; }

    /// <summary>Why the last handling failed; for whoever looks at it in a debugger.</summary>
    public string? LastError { get; set; }
}
