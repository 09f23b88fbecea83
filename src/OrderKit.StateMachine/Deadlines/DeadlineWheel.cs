using System.Runtime.CompilerServices;

namespace OrderKit.StateMachine;

/// <summary>A hashed timing wheel: tells which of many instants have passed, at the price of a few nanoseconds and 24 bytes each.</summary>
/// <remarks>
/// It never takes an entry out before its time. Who replaces or removes a deadline forgets its ticket, and drops the entry when
/// it comes up; <see cref="Compact"/> drops such entries early. Not safe for several threads.
/// </remarks>
internal sealed class DeadlineWheel
{
    // One slot a second: in 68 minutes the wheel turns once, and a deadline in 15 days is looked at some 300 times before it passes.
    private const int SlotCount = 4096;
    private const int SlabBits = 12;
    private const int SlabSize = 1 << SlabBits;
    private const int None = -1;

    private readonly int[] _heads = new int[SlotCount];

    // Slabs instead of one growing array: nothing is ever copied, and nothing larger than the entries is held.
    private readonly List<Slot[]> _slabs = [];
    private int _free = None;
    private int _used;
    private long _cursor;

    public DeadlineWheel() => _heads.AsSpan().Fill(None);

    /// <summary>How many entries there are, void ones included.</summary>
    public int Count { get; private set; }

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

        var turns = Math.Min(last - _cursor, SlotCount - 1);
        for (var second = last - turns; second <= last; second++)
        {
            ref var head = ref _heads[(int)(second & (SlotCount - 1))];
            var index = head;
            head = None;
            while (index != None)
            {
                ref var slot = ref At(index);
                var next = slot.Next;
                if (slot.DueAt <= now)
                {
                    due.Add(new DeadlineWheelEntry(slot.DueAt, slot.Order, slot.Tag));
                    Free(index, ref slot);
                }
                else
                {
                    slot.Next = head;
                    head = index;
                }

                index = next;
            }
        }

        _cursor = last;
    }

    /// <summary>The first instant at which an entry passes that its owner still knows.</summary>
    public long? NextAt(Func<DeadlineWheelEntry, bool> stands)
    {
        long? next = null;
        for (var second = _cursor; second < _cursor + SlotCount; second++)
        {
            for (var index = _heads[(int)(second & (SlotCount - 1))]; index != None; index = At(index).Next)
            {
                ref var slot = ref At(index);
                if (slot.DueAt < (next ?? long.MaxValue) && stands(new DeadlineWheelEntry(slot.DueAt, slot.Order, slot.Tag)))
                {
                    next = slot.DueAt;
                }
            }

            // Entries of later turns lie in the same slots: only one of this very turn ends the search.
            if (next is { } found && SecondOf(found) <= second)
            {
                return found;
            }
        }

        return next;
    }

    /// <summary>Drops the entries that their owner does not know any more.</summary>
    public void Compact(Func<DeadlineWheelEntry, bool> stands)
    {
        for (var i = 0; i < SlotCount; i++)
        {
            var index = _heads[i];
            _heads[i] = None;
            while (index != None)
            {
                ref var slot = ref At(index);
                var next = slot.Next;
                if (stands(new DeadlineWheelEntry(slot.DueAt, slot.Order, slot.Tag)))
                {
                    slot.Next = _heads[i];
                    _heads[i] = index;
                }
                else
                {
                    Free(index, ref slot);
                }

                index = next;
            }
        }
    }

    private static long SecondOf(long ticks) => ticks / TimeSpan.TicksPerSecond;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Slot At(int index) => ref _slabs[index >> SlabBits][index & (SlabSize - 1)];

    // What is overdue already goes where the next look starts.
    private void Link(int index, ref Slot slot)
    {
        ref var head = ref _heads[(int)(Math.Max(SecondOf(slot.DueAt), _cursor) & (SlotCount - 1))];
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
    }
}
