namespace OrderKit.StateMachine;

/// <summary>Describes a kind of case.</summary>
public sealed class CaseBuilder
{
    internal CaseBuilder(string code, string owner, string reason, TimeSpan? within)
    {
        Code = code;
        Owner = owner;
        Reason = reason;
        Within = within;
    }

    /// <summary>Its code.</summary>
    public string Code { get; }

    internal string Owner { get; }

    internal string Reason { get; }

    internal TimeSpan? Within { get; }

    internal Condition? Closing { get; private set; }

    /// <summary>Has it closed by the first fact after which the order is so.</summary>
    /// <param name="name">The name of the condition; it enters the fingerprint.</param>
    /// <param name="condition">The condition, looked at after the fact.</param>
    public CaseBuilder ClosedWhen(string name, OrderPredicate condition) => this.With(() => Closing = new Condition(name, condition));
}
