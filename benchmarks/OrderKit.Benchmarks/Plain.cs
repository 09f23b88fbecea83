using System.Data.Common;

namespace OrderKit.Benchmarks;

/// <summary>Executes plain ADO.NET. Parameters are named @p0, @p1 and so on.</summary>
internal static class Plain
{
    public static async Task<int> ExecuteAsync(
        DbConnection connection, DbTransaction? transaction, string text, params IReadOnlyList<object?> values)
    {
        var command = Command(connection, transaction, text, values);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Returns the first row, or <see langword="null"/>.</summary>
    public static async Task<(string Name, object Value)[]?> FirstAsync(
        DbConnection connection, DbTransaction? transaction, string text, params IReadOnlyList<object?> values) =>
        await RowsAsync(connection, transaction, text, values).ConfigureAwait(false) is [var first, ..] ? first : null;

    public static async Task<List<(string Name, object Value)[]>> RowsAsync(
        DbConnection connection, DbTransaction? transaction, string text, params IReadOnlyList<object?> values)
    {
        var rows = new List<(string, object)[]>();
        var command = Command(connection, transaction, text, values);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync().ConfigureAwait(false))
                {
                    rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => (reader.GetName(i), reader.GetValue(i)))]);
                }
            }
        }

        return rows;
    }

    private static DbCommand Command(DbConnection connection, DbTransaction? transaction, string text, IReadOnlyList<object?> values)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // Texts of ours.
        command.CommandText = text;
#pragma warning restore CA2100
        for (var i = 0; i < values.Count; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"@p{i}";
            parameter.Value = values[i] ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
