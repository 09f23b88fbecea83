using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>A message from outside, for one consumer of this system.</summary>
/// <param name="MessageId">The sender's own id, the same in every redelivery: with consumer and tenant, the identity of the message.</param>
/// <param name="Consumer">Who handles it.</param>
/// <param name="Tenant">The tenant.</param>
/// <param name="Lane">Messages of one consumer, tenant and lane are handled one after the other, in the order accepted: the order's id, for messages about orders.</param>
/// <param name="Type">The kind of message.</param>
/// <param name="Body">Its bytes, kept as they came.</param>
public sealed record InboxMessage(
    string MessageId, string Consumer, TenantId Tenant, string Lane, string Type, ReadOnlyMemory<byte> Body)
{
    internal static readonly TimeSpan LongestHeadStart = TimeSpan.FromDays(30);

    /// <summary>
    /// Its priority in a backlog: it is taken as though it had come so much earlier. What comes later without one is still reached, at
    /// the latest after as long. It changes nothing within a lane, and is not kept with the message.
    /// </summary>
    /// <value>Nothing: the oldest first. At most 30 days.</value>
    public TimeSpan HeadStart { get; init; }
}
