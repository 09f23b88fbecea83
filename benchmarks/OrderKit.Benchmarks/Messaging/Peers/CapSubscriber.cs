using DotNetCore.CAP;
using Npgsql;

namespace OrderKit.Benchmarks;

/// <summary>CAP's handler.</summary>
public sealed class CapSubscriber(NpgsqlDataSource database) : ICapSubscribe
{
    [CapSubscribe("bench")]
    public Task HandleAsync(PeerMessage message) => PeerEffects.WriteAsync(database, message);
}
