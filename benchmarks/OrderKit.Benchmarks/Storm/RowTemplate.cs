using System.Data.Common;

namespace OrderKit.Benchmarks;

/// <summary>A row that OrderKit wrote. It is written again with some other values; the database gives it another id.</summary>
/// <param name="Table">The table.</param>
/// <param name="Names">The columns that are not null.</param>
/// <param name="Values">Their values.</param>
internal sealed record RowTemplate(string Table, string[] Names, object[] Values)
{
    public static Task<RowTemplate> ClaimAsync(DbConnection connection) =>
        ReadAsync(connection, "orderkit_operations", "WHERE scope = 'callback' LIMIT 1");

    public static Task<RowTemplate> EntryAsync(DbConnection connection) =>
        ReadAsync(connection, "orderkit_journal", "WHERE source = 'simulated' LIMIT 1");

    public static Task<RowTemplate> MessageAsync(DbConnection connection) =>
        ReadAsync(connection, "orderkit_outbox", "ORDER BY id DESC LIMIT 1");

    /// <summary>Inserts one row from the parameters @p0, @p1 and so on, one for each column.</summary>
    public string Insert => $"INSERT INTO {Table} ({Columns}) VALUES ({string.Join(", ", Names.Select(static (_, i) => $"@p{i}"))})";

    public string Columns => string.Join(", ", Names);

    /// <summary>The row's values with others in some columns.</summary>
    public object[] With(params ReadOnlySpan<(string Name, object Value)> others)
    {
        object[] values = [.. Values];
        foreach (var (name, value) in others)
        {
            values[Array.IndexOf(Names, name)] = value;
        }

        return values;
    }

    private static async Task<RowTemplate> ReadAsync(DbConnection connection, string table, string which)
    {
        var row = await Plain.FirstAsync(connection, null, $"SELECT * FROM {table} {which}").ConfigureAwait(false)
            ?? throw new InvalidOperationException($"The table {table} is empty.");
        row = [.. row.Where(static column => column.Name != "id" && column.Value is not DBNull)];
        return new RowTemplate(table, [.. row.Select(static column => column.Name)], [.. row.Select(static column => column.Value)]);
    }
}
