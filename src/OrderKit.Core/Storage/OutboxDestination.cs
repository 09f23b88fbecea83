namespace OrderKit.Core.Storage;

/// <summary>The lanes of one destination, ordered by when their heads become due.</summary>
internal sealed class OutboxDestination
{
    private readonly Dictionary<(TenantId Tenant, string Lane), OutboxLane> _lanes = [];

    // Every head that ever was is in here once for each instant at which it was to become due: a claimed one with the end of
    // its lease. An entry whose row was delivered, taken back or moved to another instant is dropped when it comes up.
    private readonly PriorityQueue<(OutboxLane Lane, OutboxRow Row), (DateTimeOffset DueAt, long Id)> _heads = new();
    private readonly Queue<OutboxRow> _byAge = new();

    public int Count { get; private set; }

    public OutboxLane Append(OutboxRow row)
    {
        var key = (row.Message.Tenant, row.Message.Lane);
        if (!_lanes.TryGetValue(key, out var lane))
        {
            _lanes.Add(key, lane = new OutboxLane(this, key));
        }

        if (lane.Tail is { } tail)
        {
            tail.Next = row;
            row.Previous = tail;
            lane.Tail = row;
        }
        else
        {
            lane.Head = lane.Tail = row;
            Schedule(lane, row);
        }

        _byAge.Enqueue(row);
        Count++;
        return lane;
    }

    public void TakeBackLast(OutboxLane lane)
    {
        var row = lane.Tail!;
        row.IsGone = true;
        lane.Tail = row.Previous;
        Count--;
        if (lane.Tail is { } tail)
        {
            tail.Next = null;
        }
        else
        {
            lane.Head = null;
            _lanes.Remove(lane.Key);
        }
    }

    public List<OutboxDelivery> Claim(int max, DateTimeOffset now, DateTimeOffset until)
    {
        var deliveries = new List<OutboxDelivery>();
        while (deliveries.Count < max && _heads.TryPeek(out var head, out var priority) && priority.DueAt <= now)
        {
            _heads.Dequeue();
            var (lane, row) = head;
            if (!ReferenceEquals(lane.Head, row) || row.IsGone || row.DueAt != priority.DueAt)
            {
                continue;
            }

            row.IsClaimed = true;
            row.Attempt++;
            row.Epoch++;
            row.DueAt = until;
            Schedule(lane, row);
            deliveries.Add(new OutboxDelivery(row.Id, row.Message, row.Attempt, row.Epoch) { WrittenAt = row.WrittenAt, Age = now - row.WrittenAt });
        }

        return deliveries;
    }

    /// <summary>Takes a claimed row out; <see langword="null"/> where the claim no longer stands.</summary>
    public OutboxRow? Take(OutboxDelivery delivery)
    {
        if (Claimed(delivery) is not { Head: { } row } lane)
        {
            return null;
        }

        row.IsGone = true;
        Count--;
        lane.Head = row.Next;
        if (lane.Head is { } next)
        {
            next.Previous = null;
            Schedule(lane, next);
        }
        else
        {
            lane.Tail = null;
            _lanes.Remove(lane.Key);
        }

        return row;
    }

    /// <summary>Makes a row that was taken out the head of its lane again; a lane that emptied meanwhile is a new one, so it is scheduled again.</summary>
    public void PutBack(OutboxRow row)
    {
        var key = (row.Message.Tenant, row.Message.Lane);
        if (!_lanes.TryGetValue(key, out var lane))
        {
            _lanes.Add(key, lane = new OutboxLane(this, key));
        }

        row.IsGone = false;
        row.Previous = null;
        row.Next = lane.Head;
        if (lane.Head is { } next)
        {
            next.Previous = row;
        }
        else
        {
            lane.Tail = row;
        }

        lane.Head = row;
        Schedule(lane, row);
        Count++;
    }

    public bool GiveBack(OutboxDelivery delivery, DateTimeOffset dueAt, string error)
    {
        if (Claimed(delivery) is not { Head: { } row } lane)
        {
            return false;
        }

        row.IsClaimed = false;
        row.LastError = error;
        row.DueAt = dueAt;
        Schedule(lane, row);
        return true;
    }

    public OutboxRow? Oldest()
    {
        while (_byAge.TryPeek(out var row))
        {
            if (!row.IsGone)
            {
                return row;
            }

            _byAge.Dequeue();
        }

        return null;
    }

    // A lease that lapsed still stands until somebody takes the row over: the epoch decides, so that nothing is delivered
    // twice only because an answer was slow.
    private OutboxLane? Claimed(OutboxDelivery delivery) =>
        _lanes.TryGetValue((delivery.Message.Tenant, delivery.Message.Lane), out var lane)
        && lane.Head is { IsClaimed: true } head && head.Id == delivery.Id && head.Epoch == delivery.Epoch
            ? lane
            : null;

    private void Schedule(OutboxLane lane, OutboxRow row) => _heads.Enqueue((lane, row), (row.DueAt, row.Id));
}
