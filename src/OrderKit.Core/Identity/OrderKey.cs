namespace OrderKit.Core;

/// <summary>Finds an order: whose it is, and which one.</summary>
/// <param name="Tenant">The tenant that the order belongs to.</param>
/// <param name="Order">The order's id.</param>
public readonly record struct OrderKey(TenantId Tenant, OrderId Order)
{
    /// <summary>The key of an order in a host with one tenant.</summary>
    public static OrderKey For(OrderId order) => new(TenantId.Default, order);

    /// <summary>Returns tenant and id with a slash between them.</summary>
    public override string ToString() => $"{Tenant.Value}/{Order}";
}
