using OrderKit.Core;

namespace OrderKit.Messaging.Storage;

/// <summary>The pending messages of one consumer: by lane, and the heads of all lanes by when they become due.</summary>
internal sealed class InboxConsumer
{
    private static readonly Comparer<InboxRow> ById = Comparer<InboxRow>.Create(static (a, b) => a.Id.CompareTo(b.Id));

    private readonly Dictionary<(TenantId Tenant, string Lane), SortedSet<InboxRow>> _lanes = [];
    private readonly SortedSet<InboxRow> _pending = new(ById);
    private readonly SortedSet<InboxRow> _heads = new(Comparer<InboxRow>.Create(static (a, b) => (a.DueAt, a.Id).CompareTo((b.DueAt, b.Id))));

    public int Count => _pending.Count;

    public InboxRow? Oldest => _pending.Min;

    public void Add(InboxRow row)
    {
        var key = (row.Message.Tenant, row.Message.Lane);
        if (!_lanes.TryGetValue(key, out var lane))
        {
            _lanes.Add(key, lane = new SortedSet<InboxRow>(ById));
        }

        if (lane.Min is { } head)
        {
            _heads.Remove(head);
        }

        lane.Add(row);
        _heads.Add(lane.Min!);
        _pending.Add(row);
    }

    public void Remove(InboxRow row)
    {
        var key = (row.Message.Tenant, row.Message.Lane);
        var lane = _lanes[key];
        _heads.Remove(lane.Min!);
        lane.Remove(row);
        _pending.Remove(row);
        if (lane.Min is { } head)
        {
            _heads.Add(head);
        }
        else
        {
            _lanes.Remove(key);
        }
    }

    /// <summary>Moves a row to another instant.</summary>
    public void Put(InboxRow row, DateTimeOffset dueAt)
    {
        Remove(row);
        row.DueAt = dueAt;
        Add(row);
    }

    public List<InboxDelivery> Claim(int max, DateTimeOffset now, DateTimeOffset until)
    {
        var deliveries = new List<InboxDelivery>();
        while (deliveries.Count < max && _heads.Min is { } row && row.DueAt <= now)
        {
            row.Attempt++;
            row.Epoch++;
            Put(row, until);
            deliveries.Add(new InboxDelivery(row.Id, row.Message, row.Attempt, row.Epoch) { ReceivedAt = row.ReceivedAt, Age = now - row.ReceivedAt });
        }

        return deliveries;
    }
}
