using OrderKit.Core;

namespace OrderKit.Simulation;

/// <summary>One order of a buyer: what it will meet is drawn beforehand, what becomes of it depends on the host's answers.</summary>
internal sealed class Purchase(SimulatedSale sale, SimulatedOrder order, PaymentProvider provider, PurchaseKind kind, OrderKey? earlier)
{
    /// <summary>How long after each try the buyer presses again where no answer came, and how often at most.</summary>
    public required IReadOnlyList<TimeSpan> Patience { get; init; }

    public List<InjectedFault> Faults { get; } = [];

    public SimulatedSale Sale => sale;

    public SimulatedOrder Order => order;

    public PaymentProvider Provider => provider;

    /// <summary>How many of the answers, from the first on, the buyer never hears.</summary>
    public int LostAnswers { get; set; }

    /// <summary>How long after the first telling the channel tells it by another path.</summary>
    public TimeSpan? ToldAgainAfter { get; set; }

    /// <summary>Whether the buyer goes to pay it.</summary>
    public bool IsPaid { get; set; } = true;

    /// <summary>How long after it was taken the buyer cancels it, and how long after that it is placed again.</summary>
    public (TimeSpan After, TimeSpan PlacedAgainAfter)? Cancellation { get; set; }

    public bool IsAnswered { get; set; }

    public bool IsTaken { get; set; }

    public bool IsCancelled { get; set; }

    public PurchaseTruth Truth => new(order, kind, earlier, IsTaken, IsCancelled, Faults);
}
