using System.Globalization;
using Npgsql;

namespace OrderKit.Benchmarks;

/// <summary>
/// Set by set, as is fastest over a network: one statement for all claims, one that reads and locks the orders, and one batch for orders,
/// journal and outbox. Four round trips and one commit, whatever the size of the group. The driver prepares the statements.
/// </summary>
internal sealed class PostgreSqlGroupWriter : IGroupWriter
{
    private readonly NpgsqlConnection _connection;
    private readonly Set _claims;
    private readonly Set _entries;
    private readonly Set _messages;

    private PostgreSqlGroupWriter(NpgsqlConnection connection, RowTemplate claim, RowTemplate entry, RowTemplate message)
    {
        _connection = connection;
        _claims = new Set(claim, " ON CONFLICT DO NOTHING RETURNING key", ("key", "text"));
        _entries = new Set(
            entry,
            "",
            ("order_no", "bigint"),
            ("version", "bigint"),
            ("trigger_name", "text"),
            ("fact_id", "text"),
            ("evidence", "text"),
            ("recorded_at", "timestamptz"));
        _messages = new Set(
            message, "", ("lane", "text"), ("message_id", "text"), ("created_at", "timestamptz"), ("due_at", "timestamptz"));
    }

    public static async Task<PostgreSqlGroupWriter> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection($"{connectionString};Max Auto Prepare=100;Auto Prepare Min Usages=2");
        await connection.OpenAsync().ConfigureAwait(false);
        return new PostgreSqlGroupWriter(
            connection,
            await RowTemplate.ClaimAsync(connection).ConfigureAwait(false),
            await RowTemplate.EntryAsync(connection).ConfigureAwait(false),
            await RowTemplate.MessageAsync(connection).ConfigureAwait(false));
    }

    public async Task<bool[]> WriteAsync(IReadOnlyList<IntakeRequest> requests)
    {
        var transaction = await _connection.BeginTransactionAsync().ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            var won = await ClaimAsync(requests).ConfigureAwait(false);
            var applied = new bool[requests.Count];
            var taken = new List<IntakeRequest>(requests.Count);
            for (var i = 0; i < applied.Length; i++)
            {
                // Of two with one key the first one counts.
                if (applied[i] = won.Remove(requests[i].Key.Key))
                {
                    taken.Add(requests[i]);
                }
            }

            if (taken.Count > 0)
            {
                await WriteTakenAsync(taken).ConfigureAwait(false);
                await transaction.CommitAsync().ConfigureAwait(false);
            }

            return applied;
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    // In order, as two writers that claim the same keys in another order would wait for each other.
    private async Task<HashSet<string>> ClaimAsync(IReadOnlyList<IntakeRequest> requests)
    {
        var won = new HashSet<string>(StringComparer.Ordinal);
        var command = new NpgsqlCommand(_claims.Insert, _connection);
        await using (command.ConfigureAwait(false))
        {
            _claims.Bind(command.Parameters, [requests.Select(static request => request.Key.Key).Order(StringComparer.Ordinal).ToArray()]);
            var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync().ConfigureAwait(false))
                {
                    won.Add(reader.GetString(0));
                }
            }
        }

        return won;
    }

    private async Task WriteTakenAsync(List<IntakeRequest> taken)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var orders = await ReadOrdersAsync(taken).ConfigureAwait(false);
        var versions = new long[taken.Count];
        for (var i = 0; i < versions.Length; i++)
        {
            versions[i] = ++orders[OrderOf(taken[i])].Version;
        }

        var (heads, nows) = (orders.Values, Enumerable.Repeat(now, taken.Count).ToArray());
        var batch = new NpgsqlBatch(_connection);
        await using (batch.ConfigureAwait(false))
        {
            var change = new NpgsqlBatchCommand("""
                UPDATE orderkit_orders o SET version = u.version, states = u.states, captured = u.captured, packed = u.packed,
                    shipped = u.shipped, headline = u.headline, updated_at = $8
                FROM unnest($1, $2, $3, $4, $5, $6, $7) AS u (order_no, version, states, captured, packed, shipped, headline)
                WHERE o.order_no = u.order_no
                """);
            foreach (var value in (object[])
                [
                    Column(static head => head.OrderNo), Column(static head => head.Version), Column(static head => head.States),
                    Column(static head => head.Captured), Column(static head => head.Packed), Column(static head => head.Shipped),
                    Column(static head => head.Headline), now,
                ])
            {
                change.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            batch.BatchCommands.Add(change);
            var entries = new NpgsqlBatchCommand(_entries.Insert);
            _entries.Bind(
                entries.Parameters,
                [
                    Each(request => orders[OrderOf(request)].OrderNo), versions, Each(static request => request.Fact.Trigger),
                    Each(static request => request.Fact.Id), Each(static request => request.Fact.Evidence), nows,
                ]);
            batch.BatchCommands.Add(entries);
            var messages = new NpgsqlBatchCommand(_messages.Insert);
            var ids = taken.Select(
                (request, i) => string.Create(CultureInfo.InvariantCulture, $"{OrderOf(request)}:{versions[i]}")).ToArray();
            _messages.Bind(messages.Parameters, [Each(OrderOf), ids, nows, nows]);
            batch.BatchCommands.Add(messages);
            await batch.ExecuteNonQueryAsync().ConfigureAwait(false);
        }

        T[] Column<T>(Func<Head, T> of) => [.. heads.Select(of)];
        T[] Each<T>(Func<IntakeRequest, T> of) => [.. taken.Select(of)];
    }

    private async Task<Dictionary<string, Head>> ReadOrdersAsync(List<IntakeRequest> taken)
    {
        var orders = new Dictionary<string, Head>(StringComparer.Ordinal);
        var command = new NpgsqlCommand(
            "SELECT order_id, order_no, version, states, captured, packed, shipped, headline FROM orderkit_orders WHERE tenant = $1 AND "
                + "order_id = ANY ($2) "
            + "ORDER BY order_id FOR UPDATE",
            _connection);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = taken[0].Key.Tenant.Value });
            command.Parameters.Add(new NpgsqlParameter { Value = taken.Select(OrderOf).Distinct(StringComparer.Ordinal).ToArray() });
            var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync().ConfigureAwait(false))
                {
                    orders.Add(reader.GetString(0), new Head
                    {
                        OrderNo = reader.GetInt64(1),
                        Version = reader.GetInt64(2),
                        States = reader.GetInt64(3),
                        Captured = reader.GetInt64(4),
                        Packed = reader.GetInt64(5),
                        Shipped = reader.GetInt64(6),
                        Headline = reader.GetString(7),
                    });
                }
            }
        }

        return orders;
    }

    private static string OrderOf(IntakeRequest request) => request.Fact.Order!.Value.Order.Value;

    /// <summary>What is read of an order, and written again with its next version.</summary>
    private sealed class Head
    {
        public required long OrderNo { get; init; }

        public required long Version { get; set; }

        public required long States { get; init; }

        public required long Captured { get; init; }

        public required long Packed { get; init; }

        public required long Shipped { get; init; }

        public required string Headline { get; init; }
    }

    /// <summary>Inserts many rows that differ in some columns, each an array; the others are the template's.</summary>
    private sealed class Set
    {
        private readonly object[] _same;

        public Set(RowTemplate template, string end, params (string Name, string Type)[] varying)
        {
            var names = varying.Select(static column => column.Name).ToArray();
            var same = template.Names.Zip(template.Values).Where(column => !names.Contains(column.First)).ToArray();
            _same = [.. same.Select(static column => column.Second)];
            var values = names.Select(static name => $"u.{name}").Concat(same.Select((_, i) => $"${varying.Length + i + 1}"));
            Insert = $"INSERT INTO {template.Table} ({string.Join(", ", names.Concat(same.Select(static column => column.First)))}) "
                + $"SELECT {string.Join(", ", values)} "
                + $"FROM unnest({string.Join(", ", varying.Select(static (column, i) => $"${i + 1}::{column.Type}[]"))}) AS u "
                + $"({string.Join(", ", names)}){end}";
        }

        public string Insert { get; }

        public void Bind(NpgsqlParameterCollection parameters, object[] varying)
        {
            foreach (var value in varying.Concat(_same))
            {
                parameters.Add(new NpgsqlParameter { Value = value });
            }
        }
    }
}
