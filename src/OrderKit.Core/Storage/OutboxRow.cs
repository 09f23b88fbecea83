namespace OrderKit.Core.Storage;

/// <summary>A message in the in-memory outbox.</summary>
internal sealed class OutboxRow(long id, OutboxMessage message, DateTimeOffset writtenAt)
{
    public long Id { get; } = id;

    public OutboxMessage Message { get; } = message;

    public DateTimeOffset WrittenAt { get; } = writtenAt;

    /// <summary>From when it may be claimed; while it is claimed, the end of the lease.</summary>
    public DateTimeOffset DueAt { get; set; } = writtenAt;

    public int Attempt { get; set; }

    public long Epoch { get; set; }

    public bool IsClaimed { get; set; }

    /// <summary>Whether it was delivered or taken back, while a queue still names it.</summary>
    public bool IsGone { get; set; }

    /// <summary>Why the last delivery failed; for whoever looks at it in a debugger.</summary>
    public string? LastError { get; set; }

    public OutboxRow? Next { get; set; }

    public OutboxRow? Previous { get; set; }
}
