using System.Text.Json;
using DotNetCore.CAP;
using DotNetCore.CAP.Messages;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace OrderKit.Benchmarks;

/// <summary>
/// CAP: its table of received messages is the inbox, its table of published ones the outbox; the queue between them is a loopback.
/// </summary>
internal static class CapPeer
{
    private const string Topic = "bench";

    public static Peer Create() => new(
        "CAP 10.0.2",
        "at least once",
        "loopback queue in the process, sends in parallel, 16 subscribers in parallel; it has no form for many messages in one "
            + "transaction of the inbox",
        static (builder, connectionString) =>
        {
            builder.Services.AddSingleton(NpgsqlDataSource.Create(connectionString));
            builder.Services.AddTransient<CapSubscriber>();
            builder.Services.AddCap(options =>
            {
                options.UsePostgreSql(connectionString);
                options.RegisterExtension(new CapLoopback.Extension());
                options.EnablePublishParallelSend = true;
                options.EnableSubscriberParallelExecute = true;
                options.SubscriberParallelExecuteThreadCount = 16;
            });
        },
        static async (services, messages) =>
        {
            foreach (var message in messages)
            {
                var headers = new Dictionary<string, string?>
                {
                    [Headers.MessageId] = message.Id, [Headers.MessageName] = Topic, [Headers.Type] = nameof(PeerMessage),
                };
                var sent = await services.GetRequiredService<CapLoopback>().SendAsync(
                    new TransportMessage(headers, JsonSerializer.SerializeToUtf8Bytes(message))).ConfigureAwait(false);
                if (!sent.Succeeded)
                {
                    throw new InvalidOperationException("CAP did not take a message.", sent.Exception);
                }
            }
        },
        static async (services, message) =>
        {
            var scope = services.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
            {
                var publisher = scope.ServiceProvider.GetRequiredService<ICapPublisher>();
                var connection = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync().ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    using var transaction = await connection.BeginTransactionAsync(publisher).ConfigureAwait(false);
                    await publisher.PublishAsync(Topic, message).ConfigureAwait(false);
                    await transaction.CommitAsync().ConfigureAwait(false);
                }
            }
        });
}
