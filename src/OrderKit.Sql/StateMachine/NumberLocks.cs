using System.Buffers.Binary;
using OrderKit.Core;

namespace OrderKit.Sql;

/// <summary>The advisory locks under which a number is either parked for or linked, never both at once.</summary>
internal static class NumberLocks
{
    /// <summary>
    /// Waits for the locks and holds them until the transaction ends; nothing is left on the session, so a pooler may stand between.
    /// </summary>
    internal const string Sql = "SELECT count(*) FROM (SELECT pg_advisory_xact_lock(l.key) FROM unnest($1::bigint[]) AS l (key)) taken";

    /// <summary>The keys of some numbers, in the one order in which everybody takes them.</summary>
    internal static long[] Keys(SqlNames names, IEnumerable<OrderReference> numbers)
    {
        var keys = new SortedSet<long>();
        var writer = new CanonicalWriter();
        Span<byte> hash = stackalloc byte[Digest.Size];
        foreach (var number in numbers)
        {
            writer.Reset();
            writer.WriteVersion(1);
            writer.WriteString(names.Table("references"));
            writer.WriteString(number.Tenant.Value);
            writer.WriteString(number.Kind.Code);
            writer.WriteString(number.Value);
            writer.ToDigest().CopyTo(hash);
            keys.Add(BinaryPrimitives.ReadInt64BigEndian(hash));
        }

        return [.. keys];
    }

    /// <summary>The number under which facts wait for an order that does not exist yet.</summary>
    internal static OrderReference NumberOf(OrderKey key) => new(key.Tenant, ReferenceKind.Order, key.Order.Value);
}
