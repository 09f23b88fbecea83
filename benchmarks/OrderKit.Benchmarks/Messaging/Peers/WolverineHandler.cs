using Npgsql;

namespace OrderKit.Benchmarks;

/// <summary>Wolverine's handler.</summary>
public static class WolverineHandler
{
    public static Task Handle(PeerMessage message, NpgsqlDataSource database) => PeerEffects.WriteAsync(database, message);

    public static Task Handle(PeerEvent message, NpgsqlDataSource database) => PeerEffects.WriteAsync(database, message);
}
