using OrderKit.Messaging;

namespace OrderKit.Sql;

/// <summary>Which destinations and consumers rest, over SQL.</summary>
internal sealed class SqlDeliveryPauseStore(SqlDatabase database) : IDeliveryPauseStore
{
    private const string Insert =
        "INSERT INTO {delivery_pauses} (flow, name, paused_by, paused_at, reason) VALUES ($1, $2, $3, {now}, $4) "
        + "ON CONFLICT (flow, name) DO NOTHING";

    private const string InsertWithoutReason =
        "INSERT INTO {delivery_pauses} (flow, name, paused_by, paused_at) VALUES ($1, $2, $3, {now}) ON CONFLICT (flow, name) DO NOTHING";

    private const string Delete = "DELETE FROM {delivery_pauses} WHERE flow = $1 AND name = $2";

    private const string Find = "SELECT flow, name, paused_by, paused_at, reason FROM {delivery_pauses} WHERE flow = $1 AND name = $2";

    public async ValueTask<bool> PauseAsync(
        MessageFlow flow, string name, string by, string? reason, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(by);
        return await database.WriteAsync(
            session =>
            {
                var call = reason is null
                    ? session.Call(InsertWithoutReason).With((int)flow, name, by)
                    : session.Call(Insert).With((int)flow, name, by, reason);
                return call.ExecuteAsync(cancellationToken);
            },
            cancellationToken).ConfigureAwait(false) == 1;
    }

    public async ValueTask<bool> ResumeAsync(MessageFlow flow, string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return await database.WriteAsync(
            session => session.Call(Delete).With((int)flow, name).ExecuteAsync(cancellationToken),
            cancellationToken).ConfigureAwait(false) == 1;
    }

    public ValueTask<DeliveryPause?> FindAsync(MessageFlow flow, string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return database.ReadAsync(
            session => session.Call(Find).With((int)flow, name).FirstAsync(
                static row => new DeliveryPause(
                    (MessageFlow)row.Int32(0), row.Text(1), row.Text(2), row.Instant(3), row.NullableText(4)), cancellationToken),
            cancellationToken);
    }
}
