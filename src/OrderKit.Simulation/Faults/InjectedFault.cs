namespace OrderKit.Simulation;

/// <summary>A fault that an order was given.</summary>
/// <param name="Kind">What went wrong.</param>
/// <param name="Trigger">The trigger of the message that it befell, or that never came.</param>
/// <param name="Delay">How late the message was, or how far ahead the clock.</param>
public sealed record InjectedFault(SimulatedFault Kind, string Trigger, TimeSpan? Delay = null)
{
    /// <summary>Whether the order's owners contradict each other, so that somebody must act: a case must be open.</summary>
    public bool IsContradiction =>
        Kind is (>= SimulatedFault.PaidAfterClose and <= SimulatedFault.StatusOverwritten) or SimulatedFault.PaidTwice;
}
