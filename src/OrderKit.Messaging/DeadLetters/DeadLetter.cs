using OrderKit.Core;
using OrderKit.Core.Storage;

namespace OrderKit.Messaging;

/// <summary>A message that was given up, with everything needed to understand it and to send it on its way again.</summary>
public sealed record DeadLetter
{
    /// <summary>The letter's own number; the store gives it.</summary>
    public long Number { get; init; }

    /// <summary>On which way the message was.</summary>
    public required MessageFlow Flow { get; init; }

    /// <summary>Its destination or consumer.</summary>
    public required string Name { get; init; }

    /// <summary>The tenant.</summary>
    public required TenantId Tenant { get; init; }

    /// <summary>The message's own id; a redrive keeps it.</summary>
    public required string MessageId { get; init; }

    /// <summary>The lane: the order's id, for messages about orders.</summary>
    public required string Lane { get; init; }

    /// <summary>The kind of message.</summary>
    public required string Type { get; init; }

    /// <summary>The bytes as they came, whether anybody can read them or not.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The type of the last error.</summary>
    public required string ErrorClass { get; init; }

    /// <summary>What the last error said; cut off at 2,000 characters.</summary>
    public required string ErrorText { get; init; }

    /// <summary>How often it was tried.</summary>
    public required int Attempts { get; init; }

    /// <summary>When it was first written or accepted, by the store's clock.</summary>
    public required DateTimeOffset FirstAt { get; init; }

    /// <summary>When it was given up, by the store's clock; the store sets it.</summary>
    public DateTimeOffset DeadAt { get; init; }

    /// <summary>What became of it.</summary>
    /// <value><see cref="DeadLetterState.Dead"/>; the store sets it.</value>
    public DeadLetterState State { get; init; }

    /// <summary>The letter of a message that was claimed.</summary>
    public static DeadLetter Of(MessageFlow flow, MessageDelivery delivery, string errorClass, string errorText)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        return new DeadLetter
        {
            Flow = flow,
            Name = delivery.Name,
            Tenant = delivery.Tenant,
            MessageId = delivery.MessageId,
            Lane = delivery.Lane,
            Type = delivery.Type,
            Body = delivery.Body,
            ErrorClass = errorClass,
            ErrorText = errorText,
            Attempts = delivery.Attempt,
            FirstAt = delivery.FirstAt,
        };
    }

    internal OutboxMessage ToOutbox() => new(MessageId, Name, Tenant, Lane, Type, Body);

    internal InboxMessage ToInbox() => new(MessageId, Name, Tenant, Lane, Type, Body);
}
