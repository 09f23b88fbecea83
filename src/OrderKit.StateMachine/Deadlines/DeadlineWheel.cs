using System.Runtime.CompilerServices;

namespace OrderKit.StateMachine;

/// <summary>A hashed timing wheel of two levels: tells which of many instants have passed, at the price of a few nanoseconds and 24 bytes each.</summary>
/// <remarks>
/// It never takes an entry out before its time. Who replaces or removes a deadline forgets its tag, and drops the entry when
/// it comes up; <see cref="Compact"/> drops such entries early. Not safe for several threads.
/// </remarks>
internal sealed class DeadlineWheel
{
    // 4,096 slots of a second are one block, and 4,096 blocks are 194 days: a deadline is touched when it is added, when its
    // block begins, and when it passes. Only what lies further ahead is touched once more in each turn of the blocks.
    private const int SlotBits = 12;
    private const int SlotCount = 1 << SlotBits;
    private const int SlabBits = 12;
    private const int SlabSize = 1 << SlabBits;
    private const int None = -1;

    private readonly int[] _near = new int[SlotCount];
    private readonly int[] _far = new int[SlotCount];

    // Slabs instead of one growing array: nothing is ever copied, and nothing larger than the entries is held.
    private readonly List<Slot[]> _slabs = [];
    private int _free = None;
    private int _used;
    private long _cursor;

    public DeadlineWheel()
    {
        _near.AsSpan().Fill(None);
        _far.AsSpan().Fill(None);
    }

    /// <summary>How many entries there are, void ones included.</summary>
    public int Count { get; private set; }

    /// <summary>How many slabs hold the entries.</summary>
    internal int Slabs => _slabs.Count;

    /// <summary>Adds an entry.</summary>
    /// <param name="dueAt">When it passes, in UTC ticks.</param>
    /// <param name="order">Whose it is.</param>
    /// <param name="tag">What its owner knows it by.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(long dueAt, int order, int tag)
    {
        int index;
        if (_free != None)
        {
            index = _free;
            _free = At(index).Next;
        }
        else
        {
            index = _used++;
            if (index >> SlabBits == _slabs.Count)
            {
                _slabs.Add(GC.AllocateUninitializedArray<Slot>(SlabSize));
            }
        }

        ref var slot = ref At(index);
        slot.DueAt = dueAt;
        slot.Order = order;
        slot.Tag = tag;
        Link(index, ref slot);
        Count++;
    }

    /// <summary>Takes out all entries that are due, in no particular order.</summary>
    public void TakeDue(long now, List<DeadlineWheelEntry> due)
    {
        var last = SecondOf(now);
        if (last < _cursor)
        {
            return; // The clock was set back; what is due is known already.
        }

        var (first, firstBlock) = (_cursor, _cursor >> SlotBits);
        _cursor = last;
        for (var second = Math.Max(first, last - SlotCount + 1); second <= last; second++)
        {
            TakeDue(ref _near[second & (SlotCount - 1)], now, due);
        }

        var lastBlock = last >> SlotBits;
        for (var block = Math.Max(firstBlock + 1, lastBlock - SlotCount + 1); block <= lastBlock; block++)
        {
            TakeDue(ref _far[block & (SlotCount - 1)], now, due);
        }
    }

    /// <summary>The first instant at which an entry passes that its owner still knows.</summary>
    public long? NextAt(Func<DeadlineWheelEntry, bool> stands)
    {
        for (var second = _cursor; second >> SlotBits == _cursor >> SlotBits; second++)
        {
            if (First(_near[second & (SlotCount - 1)], stands) is { } next)
            {
                return next;
            }
        }

        long? first = null;
        for (var block = (_cursor >> SlotBits) + 1; block <= (_cursor >> SlotBits) + SlotCount; block++)
        {
            if (First(_far[block & (SlotCount - 1)], stands) is { } next && next < (first ?? long.MaxValue))
            {
                first = next;
            }

            // Blocks of later turns lie in the same slots: only an entry of this very turn ends the search.
            if (first is { } found && SecondOf(found) >> SlotBits <= block)
            {
                return found;
            }
        }

        return first;
    }

    /// <summary>Drops the entries that their owner does not know any more.</summary>
    public void Compact(Func<DeadlineWheelEntry, bool> stands)
    {
        for (var i = 0; i < SlotCount; i++)
        {
            CompactSlot(ref _near[i], stands);
            CompactSlot(ref _far[i], stands);
        }
    }

    private void TakeDue(ref int head, long now, List<DeadlineWheelEntry> due)
    {
        var index = head;
        head = None;
        while (index != None)
        {
            ref var slot = ref At(index);
            var next = slot.Next;
            if (slot.DueAt <= now)
            {
                due.Add(slot.ToEntry());
                Free(index, ref slot);
            }
            else
            {
                Link(index, ref slot);
            }

            index = next;
        }
    }

    private long? First(int index, Func<DeadlineWheelEntry, bool> stands)
    {
        long? first = null;
        for (; index != None; index = At(index).Next)
        {
            ref var slot = ref At(index);
            if (slot.DueAt < (first ?? long.MaxValue) && stands(slot.ToEntry()))
            {
                first = slot.DueAt;
            }
        }

        return first;
    }

    private void CompactSlot(ref int head, Func<DeadlineWheelEntry, bool> stands)
    {
        var index = head;
        head = None;
        while (index != None)
        {
            ref var slot = ref At(index);
            var next = slot.Next;
            if (stands(slot.ToEntry()))
            {
                slot.Next = head;
                head = index;
            }
            else
            {
                Free(index, ref slot);
            }

            index = next;
        }
    }

    private static long SecondOf(long ticks) => ticks / TimeSpan.TicksPerSecond;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Slot At(int index) => ref _slabs[index >> SlabBits][index & (SlabSize - 1)];

    // What is overdue already goes where the next look starts.
    private void Link(int index, ref Slot slot)
    {
        var second = Math.Max(SecondOf(slot.DueAt), _cursor);
        ref var head = ref second >> SlotBits == _cursor >> SlotBits
            ? ref _near[second & (SlotCount - 1)]
            : ref _far[(second >> SlotBits) & (SlotCount - 1)];
        slot.Next = head;
        head = index;
    }

    private void Free(int index, ref Slot slot)
    {
        slot.Next = _free;
        _free = index;
        Count--;
    }

    private struct Slot
    {
        public long DueAt;
        public int Order;
        public int Tag;
        public int Next;

        public readonly DeadlineWheelEntry ToEntry() => new(DueAt, Order, Tag);
    }
}
