namespace OrderKit.Core;

/// <summary>An outbox message. It is written in the transaction of a change and delivered after the commit.</summary>
/// <param name="MessageId">The same on every delivery. Events of orders use <c>order:version</c>.</param>
/// <param name="Destination">The destination, such as a topic.</param>
/// <param name="Tenant">The tenant.</param>
/// <param name="Lane">Messages of one lane and destination are delivered one by one, in the order in which they were written.</param>
/// <param name="Type">The type of the message.</param>
/// <param name="Body">The bytes of the message.</param>
public sealed record OutboxMessage(
    string MessageId, string Destination, TenantId Tenant, string Lane, string Type, ReadOnlyMemory<byte> Body);
