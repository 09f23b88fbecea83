namespace OrderKit.StateMachine;

/// <summary>What code asks a state for instead of its name, such as <c>payable</c> or <c>cancellable</c>.</summary>
/// <param name="Name">The name.</param>
public readonly record struct Trait(string Name)
{
    /// <inheritdoc/>
    public override string ToString() => Name ?? string.Empty;
}
