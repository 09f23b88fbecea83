using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>A message from outside, for one consumer of this system.</summary>
/// <param name="MessageId">The sender's id, the same in every redelivery. With consumer and tenant, it is the identity.</param>
/// <param name="Consumer">The consumer that handles it.</param>
/// <param name="Tenant">The tenant.</param>
/// <param name="Lane">
/// Messages of one consumer, tenant and lane are handled one after the other, as accepted. For messages about orders, the order's id.
/// </param>
/// <param name="Type">The kind of message.</param>
/// <param name="Body">Its bytes, kept as they came.</param>
public sealed record InboxMessage(
    string MessageId, string Consumer, TenantId Tenant, string Lane, string Type, ReadOnlyMemory<byte> Body)
{
    internal static readonly TimeSpan LongestHeadStart = TimeSpan.FromDays(30);

    /// <summary>
    /// The priority in a backlog: the message is handled as if it had arrived that much earlier. Messages without a head start wait at
    /// most that much longer. Has no effect within a lane, and is not stored.
    /// </summary>
    /// <value>Zero: the oldest message first. At most 30 days.</value>
    public TimeSpan HeadStart { get; init; }
}
