using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>What a probe found out.</summary>
public abstract record ProbeAnswer
{
    private ProbeAnswer()
    {
    }

    /// <summary>The deadline may act.</summary>
    public sealed record Proceed : ProbeAnswer;

    /// <summary>Not yet: ask again later.</summary>
    /// <param name="Delay">How much later; <see cref="DeadlineOptions.RetryDelay"/> where it is not positive.</param>
    public sealed record Postpone(TimeSpan Delay) : ProbeAnswer;

    /// <summary>The owner told something else (the buyer just paid): that fact is fired instead.</summary>
    /// <param name="Fact">The fact.</param>
    public sealed record Instead(OrderFact Fact) : ProbeAnswer;
}
