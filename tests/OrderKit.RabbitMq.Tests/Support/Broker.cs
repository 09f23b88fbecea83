using System.Diagnostics;
using Microsoft.Extensions.Options;
using OrderKit.Messaging;
using RabbitMQ.Client;

namespace OrderKit.RabbitMq.Tests;

/// <summary>The broker that eng/test-rabbitmq.sh keeps, which a test may take down and bring up again.</summary>
internal static class Broker
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static Uri Address => new(Environment.GetEnvironmentVariable("ORDERKIT_TEST_RABBITMQ")
        ?? throw new InvalidOperationException("ORDERKIT_TEST_RABBITMQ names no server. Run ./test.sh, or leave out Requires=RabbitMq."));

    /// <summary>Settings with names of their own, for one topic.</summary>
    public static RabbitMqOptions NewOptions(string topic = "events", int queueCount = 3)
    {
        var options = new RabbitMqOptions { Uri = Address, Prefix = $"t{Guid.NewGuid():N}", ClientName = "orderkit tests" };
        options.Topics.Add(new RabbitMqTopic(topic, queueCount));
        return options;
    }

    public static RabbitMqTransport Transport(RabbitMqOptions options) => new(Options.Create(options));

    public static TransportMessage Message(string id, string lane = "lane", string topic = "events") =>
        new(id, topic, Core.TenantId.Default, lane, "test", System.Text.Encoding.UTF8.GetBytes(id));

    /// <summary>Does something at the broker itself, as somebody who knows nothing of OrderKit.</summary>
    public static async Task<T> AskAsync<T>(Func<IChannel, Task<T>> ask)
    {
        await using var connection = await new ConnectionFactory { Uri = Address }.CreateConnectionAsync("orderkit tests, by hand");
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        return await ask(channel);
    }

    /// <summary>Deletes everything that a transport declared.</summary>
    public static Task DeleteAsync(RabbitMqOptions options) => AskAsync(async channel =>
    {
        foreach (var topic in options.Topics)
        {
            for (var number = 0; number < topic.QueueCount; number++)
            {
                await channel.QueueDeleteAsync($"{options.Prefix}.{topic.Name}.{number}", ifUnused: false, ifEmpty: false);
            }

            await channel.QueueDeleteAsync($"{options.Prefix}.{topic.Name}.dead", ifUnused: false, ifEmpty: false);
            await channel.ExchangeDeleteAsync($"{options.Prefix}.{topic.Name}");
            await channel.ExchangeDeleteAsync($"{options.Prefix}.{topic.Name}.dead");
        }

        return true;
    });

    /// <summary>Waits for as many dead letters at the broker, and takes them.</summary>
    public static async Task<List<BasicGetResult>> TakeDeadAsync(RabbitMqOptions options, int count)
    {
        return await AskAsync(async channel =>
        {
            var taken = new List<BasicGetResult>();
            var began = Stopwatch.GetTimestamp();
            while (taken.Count < count && Stopwatch.GetElapsedTime(began) < Patience)
            {
                if (await channel.BasicGetAsync($"{options.Prefix}.{options.Topics[0].Name}.dead", autoAck: true) is { } result)
                {
                    taken.Add(result);
                }
            }

            return taken;
        });
    }

    /// <summary>How many dead letters the broker has.</summary>
    public static Task<int> CountDeadAsync(RabbitMqOptions options) => AskAsync(async channel =>
        (int)await channel.MessageCountAsync($"{options.Prefix}.{options.Topics[0].Name}.dead"));

    /// <summary>How many messages wait for a receiver; those that one holds are not among them.</summary>
    public static Task<int> WaitingAsync(RabbitMqOptions options) => AskAsync(async channel =>
    {
        var waiting = 0;
        for (var number = 0; number < options.Topics[0].QueueCount; number++)
        {
            waiting += (int)await channel.MessageCountAsync($"{options.Prefix}.{options.Topics[0].Name}.{number}");
        }

        return waiting;
    });

    /// <summary>Tells the keeper: kill, stop or start.</summary>
    public static async Task CommandAsync(string command)
    {
        var folder = Environment.GetEnvironmentVariable("ORDERKIT_TEST_RABBITMQ_KEEPER")
            ?? throw new InvalidOperationException("ORDERKIT_TEST_RABBITMQ_KEEPER names no folder. Run ./test.sh, which starts a broker that a test may take down.");
        var file = Path.Combine(folder, "command");
        await File.WriteAllTextAsync(file + ".new", command);
        File.Move(file + ".new", file);
        var began = Stopwatch.GetTimestamp();
        while (File.Exists(file))
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, $"The keeper of the broker did not do '{command}'.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }
}
