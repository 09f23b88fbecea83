using Npgsql;

namespace OrderKit.Benchmarks;

/// <summary>The effect of the peers: the row of <see cref="SmallRowHandler"/>, in a transaction of its own.</summary>
public static class PeerEffects
{
    // Without a key, so that what is applied twice is counted twice.
    internal const string Table = "CREATE TABLE bench_effects (message_id text NOT NULL, size integer NOT NULL)";

    internal static async Task WriteAsync(NpgsqlDataSource database, PeerMessage message)
    {
        var connection = await database.OpenConnectionAsync().ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            const string Insert = "INSERT INTO bench_effects (message_id, size) VALUES (@p0, @p1)";
            await Plain.ExecuteAsync(connection, null, Insert, message.Id, message.Body.Length).ConfigureAwait(false);
        }
    }
}
