namespace OrderKit.StateMachine;

/// <summary>How long a state may last.</summary>
/// <param name="Trigger">The trigger that is fired when it passes.</param>
/// <param name="After">How long after entering; a fact may bring another instant with it.</param>
/// <param name="Basis">From which instant it counts.</param>
/// <param name="Probe">The probe that must agree before the trigger is fired.</param>
public sealed record DeadlineInfo(string Trigger, TimeSpan After, DeadlineBasis Basis, string? Probe);
