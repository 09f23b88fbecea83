using MassTransit;
using Npgsql;

namespace OrderKit.Benchmarks;

/// <summary>MassTransit's handler.</summary>
public sealed class MassTransitConsumer(NpgsqlDataSource database) : IConsumer<PeerMessage>
{
    public Task Consume(ConsumeContext<PeerMessage> context) => PeerEffects.WriteAsync(database, context.Message);
}
