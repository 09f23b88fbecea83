namespace OrderKit.Core;

/// <summary>A message that could not pass, kept as it came, with the reason.</summary>
public sealed record QuarantinedMessage
{
    /// <summary>The row's own number; 0 before it is stored.</summary>
    public long Number { get; init; }

    /// <summary>The tenant.</summary>
    public required TenantId Tenant { get; init; }

    /// <summary>The system that sent it, such as <c>alipay</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The sender's id of it. A message is kept once for each reason.</summary>
    public required string MessageId { get; init; }

    /// <summary>Why it could not pass, as a code such as <c>amount-differs</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>Why it could not pass, as a sentence.</summary>
    public required string Detail { get; init; }

    /// <summary>What is needed to try it again.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>When it was put here.</summary>
    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>What was decided.</summary>
    public QuarantineState State { get; init; }

    /// <summary>Who decided.</summary>
    public string? Operator { get; init; }

    /// <summary>Why it was so decided.</summary>
    public string? Note { get; init; }

    /// <summary>When it was decided.</summary>
    public DateTimeOffset? DecidedAt { get; init; }
}
