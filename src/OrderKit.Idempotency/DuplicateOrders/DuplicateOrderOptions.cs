using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>Settings of the search for duplicate orders. A change takes effect while the host runs; a faulty one leaves the last good rules in force.</summary>
/// <remarks>The default of <see cref="BackgroundOptions.PollInterval"/> is 1 minute.</remarks>
public sealed class DuplicateOrderOptions() : BackgroundOptions(TimeSpan.FromMinutes(1))
{
    /// <summary>The rules by name. In a configuration, <c>Rules:amount:Action = Hold</c> changes that one setting.</summary>
    /// <value><c>exact</c>, <c>cart</c>, <c>lines</c> and <c>amount</c>.</value>
    public IDictionary<string, DuplicateRule> Rules { get; } = new Dictionary<string, DuplicateRule>(StringComparer.Ordinal)
    {
        // A platform's number is used once, also after its order was cancelled; the same message again is what the rule is for.
        ["exact"] = new() { Subject = "channel + external-number", Action = DuplicateAction.Reject, IsFreedByCancellation = false, FindsSameOrder = true },
        ["cart"] = new() { Subject = "buyer + cart", Window = TimeSpan.FromMinutes(15), Action = DuplicateAction.Hold },
        ["lines"] = new() { Subject = "buyer + lines + address", Window = TimeSpan.FromMinutes(10), Action = DuplicateAction.Hold },

        // Only a label: coupon splitters, one-per-order offers and top-ups repeat an amount in good faith.
        ["amount"] = new() { Subject = "buyer + amount", Window = TimeSpan.FromHours(2) },
    };

    /// <summary>The codes of the channels whose orders may be held. Orders of platforms never are: the platform's clock for shipping runs on.</summary>
    /// <value>Empty: nothing is held, what a rule would hold is labelled.</value>
    public IList<string> OwnChannels { get; } = [];

    /// <summary>A secret that goes into the digests of buyers, addresses and so on, of at least 16 characters. Another one forgets all guards.</summary>
    /// <value><see langword="null"/>: digests differ between tenants, and who has the table can try out phone numbers.</value>
    public string? DigestKey { get; set; }

    /// <summary>How long an order is held at most.</summary>
    /// <value>2 hours.</value>
    public TimeSpan HoldFor { get; set; } = TimeSpan.FromHours(2);

    /// <summary>How long before its ship-by instant a held order goes on at the latest; where that is past already, it is labelled and not held.</summary>
    /// <value>12 hours.</value>
    public TimeSpan ShipByMargin { get; set; } = TimeSpan.FromHours(12);

    /// <summary>The destination of the outbox messages.</summary>
    /// <value><c>duplicate-orders</c>.</value>
    public string MessageDestination { get; set; } = "duplicate-orders";

    /// <summary>How many are released in one transaction.</summary>
    /// <value>100.</value>
    public int BatchSize { get; set; } = 100;
}
