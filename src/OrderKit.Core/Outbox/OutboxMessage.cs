namespace OrderKit.Core;

/// <summary>A row of the outbox: written in the transaction of the change, delivered after it.</summary>
/// <param name="MessageId">Stable over redeliveries: <c>order:version</c> for events of orders.</param>
/// <param name="Destination">Who gets it.</param>
/// <param name="Tenant">The tenant.</param>
/// <param name="Lane">Messages of one lane and destination are delivered one after the other, in the order written.</param>
/// <param name="Type">The kind of message.</param>
/// <param name="Body">Its bytes.</param>
public sealed record OutboxMessage(
    string MessageId, string Destination, TenantId Tenant, string Lane, string Type, ReadOnlyMemory<byte> Body);
