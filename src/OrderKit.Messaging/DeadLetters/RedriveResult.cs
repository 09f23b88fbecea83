namespace OrderKit.Messaging;

/// <summary>How an act on one dead letter ended.</summary>
public abstract record RedriveResult
{
    private RedriveResult()
    {
    }

    /// <summary>The message is on its way again, under its own id.</summary>
    public sealed record Redriven : RedriveResult;

    /// <summary>The inbox has the message as pending or done, so the letter was discarded: it can have no second effect.</summary>
    public sealed record Duplicate : RedriveResult;

    /// <summary>Somebody redrove or discarded it before; nothing was done.</summary>
    /// <param name="State">What became of it.</param>
    public sealed record AlreadyClosed(DeadLetterState State) : RedriveResult;

    /// <summary>There is no letter of that number.</summary>
    public sealed record NotFound : RedriveResult;
}
