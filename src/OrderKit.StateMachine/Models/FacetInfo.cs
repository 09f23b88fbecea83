namespace OrderKit.StateMachine;

/// <summary>One side of an order with states of its own, such as money or goods.</summary>
/// <param name="Index">Its number in the model.</param>
/// <param name="Name">Its name.</param>
public sealed record FacetInfo(int Index, string Name);
