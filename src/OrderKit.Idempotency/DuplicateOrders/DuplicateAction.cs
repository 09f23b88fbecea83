namespace OrderKit.Idempotency;

/// <summary>What happens to an order that a rule finds to be a duplicate, from the mildest to the strictest.</summary>
public enum DuplicateAction
{
    /// <summary>The order continues and is labelled. Reconciliation lists the labels.</summary>
    Label = 0,

    /// <summary>The order waits for a person, on own channels and before its goods are released. Otherwise it is labelled.</summary>
    Hold = 1,

    /// <summary>The order is rejected. The result names the earlier order.</summary>
    Reject = 2,
}
