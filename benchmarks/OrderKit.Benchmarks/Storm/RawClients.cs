using System.Data.Common;
using System.Globalization;

namespace OrderKit.Benchmarks;

/// <summary>
/// The callback without OrderKit, as commonly written: a transaction that claims the key, reads and updates the order, and writes a row
/// of the journal and one of the outbox, with the same columns and indexes. Nothing is decided or serialised: a row of OrderKit is
/// written again, with other keys.
/// </summary>
internal sealed class RawClients : IAsyncDisposable
{
    private readonly Func<int, Task<DbConnection>> _rent;
    private readonly Func<DbConnection, ValueTask> _giveBack;
    private readonly Func<ValueTask> _end;
    private readonly string _forUpdate;
    private readonly RowTemplate _claim;
    private readonly RowTemplate _entry;
    private readonly RowTemplate _message;

    private RawClients(
        Func<int, Task<DbConnection>> rent, Func<DbConnection, ValueTask> giveBack, Func<ValueTask> end, string forUpdate,
        RowTemplate claim, RowTemplate entry, RowTemplate message) =>
        (_rent, _giveBack, _end, _forUpdate, _claim, _entry, _message) = (rent, giveBack, end, forUpdate, claim, entry, message);

    /// <summary>Gives each client its own connection; all of them contend for the file.</summary>
    public static async Task<RawClients> OnOwnConnectionsAsync(int clients, Func<DbConnection> open, string settings)
    {
        var connections = new DbConnection[clients];
        for (var i = 0; i < clients; i++)
        {
            connections[i] = open();
            await connections[i].OpenAsync().ConfigureAwait(false);
            await Plain.ExecuteAsync(connections[i], null, settings).ConfigureAwait(false);
        }

        return await CreateAsync(
            client => Task.FromResult(connections[client]),
            static _ => ValueTask.CompletedTask,
            async () =>
            {
                foreach (var connection in connections)
                {
                    await connection.DisposeAsync().ConfigureAwait(false);
                }
            },
            "").ConfigureAwait(false);
    }

    /// <summary>Takes a connection from the driver's pool for each callback.</summary>
    public static Task<RawClients> OnPoolAsync(DbDataSource pool) =>
        CreateAsync(
            async _ => await pool.OpenConnectionAsync().ConfigureAwait(false),
            static connection => connection.DisposeAsync(),
            pool.DisposeAsync,
            " FOR UPDATE");

    public ValueTask DisposeAsync() => _end();

    /// <summary>Delivers a callback, and returns whether it took effect.</summary>
    public async Task<bool> DeliverAsync(int client, IntakeRequest request)
    {
        var connection = await _rent(client).ConfigureAwait(false);
        try
        {
            // On SQLite the driver sends BEGIN IMMEDIATE.
            var transaction = await connection.BeginTransactionAsync().ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                var tenant = request.Key.Tenant.Value;
                var claimed = await Plain.ExecuteAsync(
                    connection,
                    transaction,
                    $"{_claim.Insert} ON CONFLICT DO NOTHING",
                    _claim.With(("tenant", tenant), ("scope", request.Key.Scope), ("key", request.Key.Key))).ConfigureAwait(false);
                if (claimed == 0)
                {
                    await transaction.RollbackAsync().ConfigureAwait(false);
                    return false;
                }

                var order = request.Fact.Order!.Value.Order.Value;
                var row = await Plain.FirstAsync(
                    connection,
                    transaction,
                    "SELECT order_no, version, states, captured, packed, shipped, headline, updated_at FROM orderkit_orders "
                    + $"WHERE tenant = @p0 AND order_id = @p1{_forUpdate}",
                    tenant,
                    order).ConfigureAwait(false) ?? throw new InvalidOperationException($"There is no order {order}.");
                var (orderNo, version) = (row[0].Value, Convert.ToInt64(row[1].Value, CultureInfo.InvariantCulture) + 1);
                object now = row[7].Value is long
                    ? TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1_000
                    : TimeProvider.System.GetUtcNow().UtcDateTime;
                await Plain.ExecuteAsync(
                    connection,
                    transaction,
                    "UPDATE orderkit_orders SET version = @p1, states = @p2, captured = @p3, packed = @p4, shipped = @p5, headline = @p6, "
                    + "updated_at = @p7 WHERE order_no = @p0",
                    orderNo, version, row[2].Value, row[3].Value, row[4].Value, row[5].Value, row[6].Value, now).ConfigureAwait(false);
                await Plain.ExecuteAsync(
                    connection,
                    transaction,
                    _entry.Insert,
                    _entry.With(
                        ("order_no", orderNo), ("version", version), ("trigger_name", request.Fact.Trigger), ("fact_id", request.Fact.Id!),
                        ("evidence", request.Fact.Evidence!), ("recorded_at", now))).ConfigureAwait(false);
                await Plain.ExecuteAsync(
                    connection,
                    transaction,
                    _message.Insert,
                    _message.With(
                        ("lane", order), ("message_id", $"{order}:{version}"), ("created_at", now), ("due_at", now))).ConfigureAwait(false);
                await transaction.CommitAsync().ConfigureAwait(false);
                return true;
            }
        }
        finally
        {
            await _giveBack(connection).ConfigureAwait(false);
        }
    }

    private static async Task<RawClients> CreateAsync(
        Func<int, Task<DbConnection>> rent, Func<DbConnection, ValueTask> giveBack, Func<ValueTask> end, string forUpdate)
    {
        var connection = await rent(0).ConfigureAwait(false);
        var clients = new RawClients(
            rent,
            giveBack,
            end,
            forUpdate,
            await RowTemplate.ClaimAsync(connection).ConfigureAwait(false),
            await RowTemplate.EntryAsync(connection).ConfigureAwait(false),
            await RowTemplate.MessageAsync(connection).ConfigureAwait(false));
        await giveBack(connection).ConfigureAwait(false);
        return clients;
    }
}
