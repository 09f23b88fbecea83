namespace OrderKit.Core;

/// <summary>The key of an order: tenant and order id.</summary>
/// <param name="Tenant">The tenant that the order belongs to.</param>
/// <param name="Order">The order's id.</param>
public readonly record struct OrderKey(TenantId Tenant, OrderId Order) : IComparable<OrderKey>
{
    /// <summary>The key of an order in a host with one tenant.</summary>
    public static OrderKey For(OrderId order) => new(TenantId.Default, order);

    /// <summary>Compares by tenant, then by order.</summary>
    public int CompareTo(OrderKey other)
    {
        var byTenant = string.CompareOrdinal(Tenant.Value, other.Tenant.Value);
        return byTenant != 0 ? byTenant : Order.CompareTo(other.Order);
    }

    /// <summary>Returns tenant and id with a slash between them.</summary>
    public override string ToString() => $"{Tenant.Value}/{Order}";
}
