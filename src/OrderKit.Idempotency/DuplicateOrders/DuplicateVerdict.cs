using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>The verdict of the strictest rule that matched an order.</summary>
public abstract record DuplicateVerdict
{
    private DuplicateVerdict()
    {
    }

    /// <summary>No rule found an earlier order.</summary>
    public sealed record Accept : DuplicateVerdict;

    /// <summary>The order continues and is labelled.</summary>
    /// <param name="Rule">The rule.</param>
    /// <param name="Earlier">The earlier order that it appears to duplicate.</param>
    /// <param name="Apart">The time since the latest order with the same subject.</param>
    public sealed record Label(string Rule, OrderKey Earlier, TimeSpan Apart) : DuplicateVerdict;

    /// <summary>The order is stored and waits for a person.</summary>
    /// <param name="Rule">The rule.</param>
    /// <param name="Earlier">The earlier order that it appears to duplicate.</param>
    /// <param name="Apart">The time since the latest order with the same subject.</param>
    /// <param name="AutoReleaseAt">The time at which it is released automatically.</param>
    public sealed record Hold(string Rule, OrderKey Earlier, TimeSpan Apart, DateTimeOffset AutoReleaseAt) : DuplicateVerdict;

    /// <summary>The order must not be accepted. Answer with the earlier order, which is the same order if a message came twice.</summary>
    /// <param name="Rule">The rule.</param>
    /// <param name="Earlier">The earlier order.</param>
    /// <param name="Apart">The time since the latest order with the same subject.</param>
    public sealed record Reject(string Rule, OrderKey Earlier, TimeSpan Apart) : DuplicateVerdict;
}
