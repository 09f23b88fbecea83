namespace OrderKit.Idempotency;

/// <summary>What is done with an order that a rule takes for a duplicate, from the mildest to the strictest.</summary>
public enum DuplicateAction
{
    /// <summary>It goes on and carries a label, which reconciliation finds.</summary>
    Label = 0,

    /// <summary>It waits for a person, on own channels and before its goods are released; elsewhere it is labelled.</summary>
    Hold = 1,

    /// <summary>It is not taken: the answer names the earlier order.</summary>
    Reject = 2,
}
