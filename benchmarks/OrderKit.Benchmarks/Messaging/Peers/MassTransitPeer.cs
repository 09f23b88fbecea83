using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace OrderKit.Benchmarks;

/// <summary>
/// MassTransit in memory: its inbox and outbox are in a package for EF Core that is not used here, so nothing of it is durable.
/// </summary>
internal static class MassTransitPeer
{
    public static Peer Create() => new(
        "MassTransit 8.5.12, in memory",
        "at most once",
        "in-memory transport, defaults; nothing is stored, so a crash loses what waits",
        static (builder, connectionString) =>
        {
            builder.Services.AddSingleton(NpgsqlDataSource.Create(connectionString));
            builder.Services.AddMassTransit(static bus =>
            {
                bus.AddConsumer<MassTransitConsumer>();
                bus.UsingInMemory(static (context, memory) => memory.ConfigureEndpoints(context));
            });
        },
        static (services, messages) => services.GetRequiredService<IBus>().PublishBatch(messages),
        PublishAsync: null);
}
