using System.Data.Common;

namespace OrderKit.Sql;

/// <summary>The current row of a reader.</summary>
internal readonly struct SqlRow(DbDataReader reader, SqlDialect dialect)
{
    internal bool IsNull(int ordinal) => reader.IsDBNull(ordinal);

    internal long Int64(int ordinal) => reader.GetInt64(ordinal);

    internal long? NullableInt64(int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetInt64(ordinal);

    internal int Int32(int ordinal) => (int)reader.GetInt64(ordinal);

    internal int? NullableInt32(int ordinal) => reader.IsDBNull(ordinal) ? null : (int)reader.GetInt64(ordinal);

    internal string Text(int ordinal) => reader.GetString(ordinal);

    internal string? NullableText(int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);

    internal byte[] Bytes(int ordinal) => reader.GetFieldValue<byte[]>(ordinal);

    internal byte[]? NullableBytes(int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetFieldValue<byte[]>(ordinal);

    internal DateTimeOffset Instant(int ordinal) => dialect.ReadInstant(reader, ordinal);

    internal DateTimeOffset? NullableInstant(int ordinal) => reader.IsDBNull(ordinal) ? null : dialect.ReadInstant(reader, ordinal);
}
