using System.Buffers.Binary;
using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>Writes a description in its one canonical form, from which the fingerprint is taken.</summary>
internal static class ModelCanon
{
    private const byte FormVersion = 1;

    public static ModelFingerprint FingerprintOf(OrderModelBuilder model)
    {
        var w = new CanonicalWriter();
        w.WriteByte(FormVersion);
        w.WriteString(model.Name);
        w.WriteInt32(model.Version);
        Write(w, model.Facets, static (w, facet) => w.WriteString(facet));
        Write(w, model.States, WriteState);
        Write(w, model.Triggers, WriteTrigger);
        Write(w, model.Holds, static (w, hold) => w.WriteString(hold.Code));
        Write(w, model.Cases, static (w, c) =>
        {
            w.WriteString(c.Code);
            w.WriteString(c.Owner);
            w.WriteInt64(c.Within?.Ticks ?? -1);
            w.WriteString(c.Closing?.Name);
        });
        Write(w, model.Profiles, static (w, p) =>
        {
            w.WriteString(p.Code);
            Write(w, p.Initial, WriteCode);
            Write(w, p.Milestones, WriteCode);
            Write(w, p.Holds, static (w, hold) => w.WriteString(hold));
        });
        Write(w, model.Headlines, static (w, h) =>
        {
            w.WriteByte((byte)h.Rule);
            w.WriteInt32(h.Facet);
            Write(w, h.Cases, static (w, c) => w.WriteString(c));
            Write(w, h.States, WriteCode);
        });
        Write(w, model.Nodes, static (w, n) =>
        {
            w.WriteString(n.Name);
            Write(w, n.States, static (w, code) => w.WriteInt32(code));
        });
        w.WriteInt64((long)(model.Superseded?.Fingerprint.Value ?? 0));

        Span<byte> digest = stackalloc byte[32];
        w.ToDigest().CopyTo(digest);
        return new(BinaryPrimitives.ReadUInt64BigEndian(digest));
    }

    private static void WriteState(CanonicalWriter w, StateBuilder state)
    {
        w.WriteInt32(state.Code);
        w.WriteString(state.Name);
        w.WriteInt32(state.Facet);
        w.WriteInt32(state.Rank ?? -1);
        w.WriteByte((byte)((state.IsAnchor ? 1 : 0) | (state.IsEnd ? 2 : 0) | (state.IsResting ? 4 : 0)));
        Write(w, state.TraitList, static (w, trait) => w.WriteString(trait.Name));
        w.WriteString(state.DeadlineInfo?.Trigger);
        w.WriteInt64(state.DeadlineInfo?.After.Ticks ?? -1);
        w.WriteByte((byte)(state.DeadlineInfo?.Basis ?? 0));
        w.WriteString(state.DeadlineInfo?.Probe);
    }

    private static void WriteTrigger(CanonicalWriter w, TriggerBuilder trigger)
    {
        w.WriteString(trigger.Name);
        w.WriteByte((byte)trigger.Standing);
        w.WriteInt32(trigger.Home);
        w.WriteInt32(trigger.Landing?.Code ?? 0);
        w.WriteByte((byte)((trigger.IsTimer ? 1 : 0) | (trigger.IsCreation ? 2 : 0) | (trigger.IsStatusReport ? 4 : 0)
            | (trigger.NeedsNoHold ? 8 : 0) | (trigger.PlacesHolds ? 16 : 0) | (trigger.ReleasesHolds ? 32 : 0)));
        Write(w, trigger.Counters, static (w, c) =>
        {
            w.WriteByte((byte)c.Counter);
            w.WriteByte((byte)c.Operation);
            w.WriteByte(c.IsMoney ? (byte)1 : (byte)0);
            w.WriteByte((byte)c.Of);
            w.WriteString(c.Condition?.Name);
        });
        Write(w, trigger.Edges, static (w, e) =>
        {
            Write(w, e.Sources, WriteCode);
            w.WriteByte(e.IsLate ? (byte)1 : (byte)0);
            w.WriteString(e.ContradictionCase);
            Write(w, e.Branches, static (w, b) =>
            {
                w.WriteInt32(b.Target?.Code ?? 0);
                w.WriteString(b.Condition?.Name);
            });
        });
        Write(w, trigger.Guards, static (w, g) => w.WriteString(g.Name));
        Write(w, trigger.Contradictions, static (w, c) =>
        {
            w.WriteString(c.Case);
            w.WriteString(c.Condition.Name);
        });
        Write(w, trigger.Revoked, WriteCode);
        Write(w, trigger.ReleasedHolds, static (w, released) =>
        {
            w.WriteString(released.Hold);
            w.WriteString(released.Condition?.Name);
        });
    }

    private static void WriteCode(CanonicalWriter w, StateBuilder state) => w.WriteInt32(state.Code);

    private static void Write<T>(CanonicalWriter w, IReadOnlyList<T> items, Action<CanonicalWriter, T> write)
    {
        w.WriteInt32(items.Count);
        foreach (var item in items)
        {
            write(w, item);
        }
    }
}
