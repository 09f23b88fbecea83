using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Messaging;

namespace OrderKit.Benchmarks;

/// <summary>OrderKit as one of the peers.</summary>
internal static class OrderKitPeer
{
    private const string Topic = "events";

    public static Peer Create() => new(
        "OrderKit",
        "exactly once",
        "defaults; each message in a lane of its own; outbox to inbox through the transport in the process",
        static (builder, connectionString) => builder.Services.AddOrderKit()
            .UsePostgreSql(options => (options.ConnectionString, options.SchemaMode) = (connectionString, Sql.SchemaMode.CreateIfMissing))
            .AddInProcessTransport(static options => options.Topics.Add(Topic))
            .SendThroughTransport()
            .ReceiveFromTransport(static options => (options.Topic, options.Consumer) = (Topic, "bench"))
            .AddInboxHandler<SmallRowHandler>(),
        static async (services, messages) => await services.GetRequiredService<Inbox>().AcceptAsync(
            [
                .. messages.Select(static message => new InboxMessage(
                    message.Id, "bench", TenantId.Default, message.Id, "bench.message", message.Body)),
            ]).ConfigureAwait(false),
        static async (services, message) =>
        {
            var unit = await services.GetRequiredService<IUnitOfWorkFactory>().BeginAsync().ConfigureAwait(false);
            await using (unit.ConfigureAwait(false))
            {
                await services.GetRequiredService<IOutboxStore>().AppendAsync(
                    unit, [new OutboxMessage(
                        message.Id, Topic, TenantId.Default, message.Id, "bench.message", message.Body)]).ConfigureAwait(false);
                await unit.CommitAsync().ConfigureAwait(false);
            }
        });
}
