using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>
/// Options of the search for duplicate orders. Changes take effect at once; an invalid change leaves the last valid rules in force.
/// </summary>
/// <remarks>The default of <see cref="BackgroundOptions.PollInterval"/> is 1 minute.</remarks>
public sealed class DuplicateOrderOptions() : BackgroundOptions(TimeSpan.FromMinutes(1))
{
    /// <summary>The rules by name. In a configuration file, <c>Rules:amount:Action = Hold</c> changes one setting.</summary>
    /// <value><c>exact</c>, <c>cart</c>, <c>lines</c> and <c>amount</c>.</value>
    public IDictionary<string, DuplicateRule> Rules { get; } = new Dictionary<string, DuplicateRule>(StringComparer.Ordinal)
    {
        // A platform never reuses an order number, even after a cancellation. The rule finds messages that come twice.
        ["exact"] = new()
        {
            Subject = "channel + external-number", Action = DuplicateAction.Reject, IsFreedByCancellation = false, FindsSameOrder = true,
        },
        ["cart"] = new() { Subject = "buyer + cart", Window = TimeSpan.FromMinutes(15), Action = DuplicateAction.Hold },
        ["lines"] = new() { Subject = "buyer + lines + address", Window = TimeSpan.FromMinutes(10), Action = DuplicateAction.Hold },

        // Only a label, because split coupons, offers limited per order and top-ups repeat an amount legitimately.
        ["amount"] = new() { Subject = "buyer + amount", Window = TimeSpan.FromHours(2) },
    };

    /// <summary>
    /// The codes of the channels whose orders may be held. Do not hold orders of platforms: their shipping deadlines keep running.
    /// </summary>
    /// <value>Empty: no order is held. An order that a rule would hold is labelled.</value>
    public IList<string> OwnChannels { get; } = [];

    /// <summary>
    /// The secret key of the digests of buyers, addresses and so on: at least 16 characters. A new key invalidates all guards.
    /// </summary>
    /// <value><see langword="null"/>: digests differ only by tenant, so anyone with the table can find phone numbers by trying.</value>
    public string? DigestKey { get; set; }

    /// <summary>The maximum duration of a hold.</summary>
    /// <value>2 hours.</value>
    public TimeSpan HoldFor { get; set; } = TimeSpan.FromHours(2);

    /// <summary>
    /// How long before its shipping deadline a held order is released at the latest. An order that is already later is labelled instead.
    /// </summary>
    /// <value>12 hours.</value>
    public TimeSpan ShipByMargin { get; set; } = TimeSpan.FromHours(12);

    /// <summary>The destination of the outbox messages.</summary>
    /// <value><c>duplicate-orders</c>.</value>
    public string MessageDestination { get; set; } = "duplicate-orders";

    /// <summary>The maximum number of orders that are released in one transaction.</summary>
    /// <value>100.</value>
    public int BatchSize { get; set; } = 100;
}
