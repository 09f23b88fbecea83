namespace OrderKit.Core.Storage;

/// <summary>The rows of one lane, in the order written; only the head is ever claimed.</summary>
internal sealed class OutboxLane(OutboxDestination destination, (TenantId Tenant, string Lane) key)
{
    public OutboxDestination Destination { get; } = destination;

    public (TenantId Tenant, string Lane) Key { get; } = key;

    public OutboxRow? Head { get; set; }

    public OutboxRow? Tail { get; set; }
}
