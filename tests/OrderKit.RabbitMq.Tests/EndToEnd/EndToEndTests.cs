using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Messaging;
using OrderKit.Messaging.Storage;

namespace OrderKit.RabbitMq.Tests;

/// <summary>From an outbox in one database, through the broker, into effects in another one.</summary>
[Trait("Requires", "RabbitMq")]
public sealed class EndToEndTests : IDisposable
{
    private const int Orders = 40;
    private const int Batch = 40;
    private const string Topic = "events";

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("ORDERKIT_LONG") == "1";
    private static readonly TimeSpan LongLoad = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly string _folder = Directory.CreateTempSubdirectory("orderkit-rabbit-").FullName;
    private readonly int[] _facts = new int[Orders];

    private string PublisherFile => Path.Combine(_folder, "publisher.db");

    private string ConsumerFile => Path.Combine(_folder, "consumer.db");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact, Trait("Requires", "RabbitMqKeeper")]
    public async Task Each_fact_takes_effect_once_and_in_order_although_publisher_broker_and_consumer_are_killed()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("ORDERKIT_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Environment.ProcessId;
        var random = new Random(seed);
        var options = Broker.NewOptions(Topic, 4);
        using var source = await OpenAsync(PublisherFile);
        using var target = await OpenAsync(ConsumerFile);
        await ScalarAsync(ConsumerFile, "CREATE TABLE effects (number INTEGER PRIMARY KEY AUTOINCREMENT, lane TEXT NOT NULL, message_id TEXT NOT NULL)");
        using var publisher = new Worker("publisher", PublisherFile, options.Prefix);
        using var consumer = new Worker("consumer", ConsumerFile, options.Prefix);
        var (publisherKills, brokerKills, consumerKills) = (0, 0, 0);
        var began = Stopwatch.GetTimestamp();
        try
        {
            // A few of each, in an order of chance, and each when a number of chance of further effects was seen.
            var victims = new List<string>(["publisher", "publisher", "consumer", "consumer", "broker"]);
            while (victims.Count > 0 || (IsLong && Stopwatch.GetElapsedTime(began) < LongLoad))
            {
                if (victims.Count == 0)
                {
                    victims.AddRange(["publisher", "publisher", "consumer", "consumer", "broker"]);
                }

                var victim = victims[random.Next(victims.Count)];
                victims.Remove(victim);
                var goal = await EffectsAsync() + random.Next(1, 200);
                await UntilAsync(async () =>
                {
                    await AppendAsync(source, random);
                    return await EffectsAsync() >= goal;
                }, seed);
                switch (victim)
                {
                    case "publisher":
                        publisherKills++;
                        await publisher.KillAsync();
                        break;
                    case "consumer":
                        consumerKills++;
                        await consumer.KillAsync();
                        break;
                    default:
                        brokerKills++;
                        await Broker.CommandAsync("kill");
                        await AppendAsync(source, random);
                        await Broker.CommandAsync("start");
                        break;
                }
            }

            // When nothing is on its way any more, nothing can come twice any more.
            await UntilAsync(async () => await EffectsAsync() >= _facts.Sum() && await IsQuietAsync(source, target, options), seed);
        }
        finally
        {
            publisher.Dispose();
            consumer.Dispose();
        }

        var effects = await RowsAsync(ConsumerFile, "SELECT lane, message_id FROM effects ORDER BY number");
        Console.WriteLine($"RabbitMQ end to end: seed {seed}, {publisherKills + brokerKills + consumerKills} kills (publisher {publisherKills}, broker {brokerKills}, consumer {consumerKills}), {_facts.Sum()} facts, {effects.Count} effects, {effects.Distinct().Count()} different, in {Stopwatch.GetElapsedTime(began).TotalSeconds:F0} s");
        var dead = await Broker.CountDeadAsync(options);
        await Broker.DeleteAsync(options);
        Assert.Equal(0, dead);
        Assert.Equal("0", await ScalarAsync(PublisherFile, "SELECT count(*) FROM orderkit_dead_letters"));
        Assert.Equal("0", await ScalarAsync(ConsumerFile, "SELECT count(*) FROM orderkit_dead_letters"));
        for (var order = 0; order < Orders; order++)
        {
            Assert.Equal(
                Enumerable.Range(1, _facts[order]).Select(number => $"{order}:{number}"),
                effects.Where(effect => effect.Lane == $"order-{order}").Select(effect => effect.MessageId));
        }
    }

    private static async Task<IHost> OpenAsync(string file)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddOrderKit().UseSqlite($"Data Source={file}").AddInbox(options => options.RunInBackground = false);
        builder.Services.Configure<OutboxPumpOptions>(options => options.RunInBackground = false);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    // The next facts of some orders, in one transaction, unless enough wait already.
    private async Task AppendAsync(IHost source, Random random)
    {
        var outbox = source.Services.GetRequiredService<IOutboxStore>();
        if ((await outbox.BacklogAsync(Topic)).Count > 10 * Batch)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            return;
        }

        var messages = new List<OutboxMessage>();
        for (var i = 0; i < Batch; i++)
        {
            var order = random.Next(Orders);
            messages.Add(new OutboxMessage($"{order}:{++_facts[order]}", Topic, TenantId.Default, $"order-{order}", "test", new byte[random.Next(500)]));
        }

        await using var unit = await source.Services.GetRequiredService<IUnitOfWorkFactory>().BeginAsync();
        await outbox.AppendAsync(unit, messages);
        await unit.CommitAsync();
    }

    private async Task<int> EffectsAsync() => int.Parse(await ScalarAsync(ConsumerFile, "SELECT count(*) FROM effects"), CultureInfo.InvariantCulture);

    private static async Task<bool> IsQuietAsync(IHost source, IHost target, RabbitMqOptions options) =>
        (await source.Services.GetRequiredService<IOutboxStore>().BacklogAsync(Topic)).Count == 0
        && await Broker.WaitingAsync(options) == 0
        && (await target.Services.GetRequiredService<IInboxStore>().BacklogAsync("warehouse")).Count == 0;

    private async Task UntilAsync(Func<Task<bool>> holds, int seed)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, $"Nothing moves any more: {await EffectsAsync()} effects of {_facts.Sum()} facts; ORDERKIT_SEED={seed}.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    private static async Task<string> ScalarAsync(string file, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={file}");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture) ?? "";
    }

    private static async Task<List<(string Lane, string MessageId)>> RowsAsync(string file, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={file}");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<(string, string)>();
        while (await reader.ReadAsync())
        {
            rows.Add((reader.GetString(0), reader.GetString(1)));
        }

        return rows;
    }
}
