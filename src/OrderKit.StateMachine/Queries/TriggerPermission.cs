namespace OrderKit.StateMachine;

/// <summary>Whether a command is possible now: for buttons and their tooltips.</summary>
/// <param name="Trigger">The command.</param>
/// <param name="IsPermitted">Whether it would take effect.</param>
/// <param name="Reasons">Why not: guards by code, or a sentence about states.</param>
public sealed record TriggerPermission(string Trigger, bool IsPermitted, IReadOnlyList<string> Reasons);
