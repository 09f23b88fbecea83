using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Wolverine;
using Wolverine.Postgresql;
using Wolverine.RDBMS;
using Wolverine.Runtime;
using Wolverine.Transports.Tcp;

namespace OrderKit.Benchmarks;

/// <summary>
/// Wolverine: its durable local queue is the inbox; a durable endpoint over loopback TCP is the outbox with an inbox behind it.
/// </summary>
internal static class WolverinePeer
{
    private const int Parallel = 16;

    public static Peer Create() => new(
        "Wolverine 6.62.0",
        "at least once",
        "durable local queue and durable loopback TCP endpoint, 16 handlers in parallel, mode Solo, code compiled before the measurement",
        static (builder, connectionString) =>
        {
            builder.Services.AddSingleton(NpgsqlDataSource.Create(connectionString));
            builder.UseWolverine(options =>
            {
                var port = FreePort();
                options.ApplicationAssembly = typeof(WolverineHandler).Assembly;
                options.Discovery.DisableConventionalDiscovery().IncludeType(typeof(WolverineHandler));
                options.UseRuntimeCompilation();
                options.PersistMessagesWithPostgresql(connectionString, "wolverine");
                options.Durability.Mode = DurabilityMode.Solo;
                options.LocalQueueFor<PeerMessage>().UseDurableInbox().MaximumParallelMessages(Parallel);
                options.ListenAtPort(port).UseDurableInbox();
                options.Policies.AllListeners(static listener => listener.MaximumParallelMessages(Parallel));
                options.PublishMessage<PeerEvent>().ToPort(port).UseDurableOutbox();
            });
        },
        static (services, messages) => messages is [var message]
            ? new MessageBus(services.GetRequiredService<IWolverineRuntime>()).PublishAsync(message).AsTask()
            : InTransactionAsync(services, messages),
        static (services, message) => InTransactionAsync(services, [new PeerEvent(message.Id, message.Body)]));

    private static async Task InTransactionAsync<T>(IServiceProvider services, T[] messages)
    {
        var connection = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync().ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var transaction = await connection.BeginTransactionAsync().ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                var context = new MessageContext(services.GetRequiredService<IWolverineRuntime>());
                await context.EnlistInOutboxAsync(
                    new DatabaseEnvelopeTransaction((IMessageDatabase)context.Storage, transaction)).ConfigureAwait(false);
                foreach (var message in messages)
                {
                    await context.PublishAsync(message).ConfigureAwait(false);
                }

                await transaction.CommitAsync().ConfigureAwait(false);
                await context.FlushOutgoingMessagesAsync().ConfigureAwait(false);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
