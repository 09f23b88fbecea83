namespace OrderKit.StateMachine.Storage;

/// <summary>What one saved change did to an order in memory, to undo it as a whole.</summary>
internal sealed class InMemoryChange(InMemoryOrderStore store, InMemoryOrder order)
{
    private readonly StoredOrder? _head = order.Head;
    private readonly int _rows = order.Journal.Count;
    private readonly int _details = order.Details.Count;
    private readonly int _links = order.Links.Count;
    private readonly InMemoryDeadlines _deadlines = order.Deadlines;

    public void Undo() => store.Undo(order, _head, _rows, _details, _links, in _deadlines);
}
