using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>An order as people ask for it.</summary>
/// <param name="Order">The order as stored.</param>
/// <param name="Model">Its model; <see langword="null"/> where this host does not know it.</param>
/// <param name="Headline">Its headline status; <see langword="null"/> where the model is unknown.</param>
/// <param name="References">All its numbers.</param>
/// <param name="OpenCases">Its open cases.</param>
public sealed record OrderDetails(
    StoredOrder Order, OrderModel? Model, Headline? Headline, IReadOnlyList<OrderReference> References, IReadOnlyList<OrderCase> OpenCases);
