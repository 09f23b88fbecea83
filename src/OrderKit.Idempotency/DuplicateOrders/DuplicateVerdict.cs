using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>What the strictest rule that found something says of an order.</summary>
public abstract record DuplicateVerdict
{
    private DuplicateVerdict()
    {
    }

    /// <summary>No rule found an earlier order.</summary>
    public sealed record Accept : DuplicateVerdict;

    /// <summary>The order goes on and is labelled.</summary>
    /// <param name="Rule">The rule.</param>
    /// <param name="Earlier">The order that it seems to repeat.</param>
    /// <param name="Apart">How long after the latest order of the same subject.</param>
    public sealed record Label(string Rule, OrderKey Earlier, TimeSpan Apart) : DuplicateVerdict;

    /// <summary>The order is taken and waits for a person.</summary>
    /// <param name="Rule">The rule.</param>
    /// <param name="Earlier">The order that it seems to repeat.</param>
    /// <param name="Apart">How long after the latest order of the same subject.</param>
    /// <param name="AutoReleaseAt">When it goes on by itself.</param>
    public sealed record Hold(string Rule, OrderKey Earlier, TimeSpan Apart, DateTimeOffset AutoReleaseAt) : DuplicateVerdict;

    /// <summary>The order is not to be taken: answer with the earlier one, which is the very same where a message came twice.</summary>
    /// <param name="Rule">The rule.</param>
    /// <param name="Earlier">The order that was taken.</param>
    /// <param name="Apart">How long after the latest order of the same subject.</param>
    public sealed record Reject(string Rule, OrderKey Earlier, TimeSpan Apart) : DuplicateVerdict;
}
