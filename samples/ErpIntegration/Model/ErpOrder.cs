using OrderKit.Core;
using OrderKit.StateMachine;

namespace ErpIntegration.Model;

/// <summary>An order of the ERP. <see cref="Status"/> follows OrderKit's decision in the same transaction.</summary>
public sealed class ErpOrder
{
    /// <summary>OrderKit's id of the order.</summary>
    public required string Id { get; init; }

    /// <summary>The number that people use.</summary>
    public required string Number { get; init; }

    public ErpStatus Status { get; private set; }

    /// <summary>The version of OrderKit's order that the status comes from.</summary>
    public long StatusVersion { get; private set; }

    public decimal Total { get; init; }

    public List<OrderLine> Lines { get; init; } = [];

    /// <summary>The order's key in OrderKit.</summary>
    public OrderKey Key => OrderKey.For(OrderId.Parse(Id));

    /// <summary>The key of the order with a number. It is derived, so that a repeated action finds the same order.</summary>
    public static OrderKey KeyOf(string number) => OrderKey.For(OrderId.Derive(new ChannelCode("ERP"), number));

    /// <summary>Takes over what OrderKit decided.</summary>
    /// <returns>Whether this call changed the order: not for a fact that was recorded before.</returns>
    public bool Follow(FireResult result)
    {
        OrderSnapshot? decided = result switch
        {
            FireResult.Applied r => r.Snapshot,
            FireResult.AlreadyApplied r => r.Snapshot,
            FireResult.Late r => r.Snapshot,
            FireResult.Early r => r.Snapshot,
            FireResult.Contradictory r => r.Snapshot,
            FireResult.Rejected r => r.Snapshot,
            FireResult.GuardFailed r => r.Snapshot,
            FireResult.Duplicate => null,
            _ => throw new InvalidOperationException($"Order {Number}: {result} is not expected here. Nothing is saved; repeat the call."),
        };
        if (decided is not { } snapshot)
        {
            return false;
        }

        (Status, StatusVersion) = (ErpStatuses.Of(snapshot), snapshot.Version);
        return result is FireResult.Applied or FireResult.Contradictory { TookEffect: true } or FireResult.Early { TookEffect: true };
    }
}
