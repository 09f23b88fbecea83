namespace OrderKit.Core;

/// <summary>A message that could not be accepted. It is stored unchanged with the reason.</summary>
public sealed record QuarantinedMessage
{
    /// <summary>The number of the row; 0 before it is stored.</summary>
    public long Number { get; init; }

    /// <summary>The tenant.</summary>
    public required TenantId Tenant { get; init; }

    /// <summary>The system that sent it, such as <c>alipay</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The message id of the sender. A message is stored once for each reason.</summary>
    public required string MessageId { get; init; }

    /// <summary>The reason as a code, such as <c>amount-differs</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>The reason as a sentence.</summary>
    public required string Detail { get; init; }

    /// <summary>The content that is needed to try the message again.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>When it was stored.</summary>
    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The decision.</summary>
    public QuarantineState State { get; init; }

    /// <summary>Who decided.</summary>
    public string? Operator { get; init; }

    /// <summary>The reason of the decision.</summary>
    public string? Note { get; init; }

    /// <summary>When it was decided.</summary>
    public DateTimeOffset? DecidedAt { get; init; }
}
