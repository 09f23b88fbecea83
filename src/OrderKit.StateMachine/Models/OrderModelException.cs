namespace OrderKit.StateMachine;

/// <summary>A model that cannot be compiled, with everything that is wrong with it.</summary>
public sealed class OrderModelException : InvalidOperationException
{
    /// <summary>Makes the exception for the faults of a model.</summary>
    public OrderModelException(string model, IReadOnlyList<ModelFault> faults)
        : base(
            $"The order model '{model}' has {faults?.Count} "
            + $"fault(s):{string.Concat((faults ?? []).Select(f => $"{Environment.NewLine}- [{f.Code}] {f.Message}"))}")
    {
        Model = model;
        Faults = faults ?? [];
    }

    /// <summary>The model's name.</summary>
    public string Model { get; }

    /// <summary>All faults.</summary>
    public IReadOnlyList<ModelFault> Faults { get; }
}
