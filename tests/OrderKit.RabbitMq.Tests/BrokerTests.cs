using System.Diagnostics;
using OrderKit.Messaging;
using RabbitMQ.Client;
using static OrderKit.RabbitMq.Tests.Broker;

namespace OrderKit.RabbitMq.Tests;

/// <summary>What holds at this broker beyond the rules of all transports.</summary>
[Trait("Requires", "RabbitMq")]
public sealed class BrokerTests : IAsyncLifetime
{
    private readonly RabbitMqOptions _options = NewOptions();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => DeleteAsync(_options);

    [Fact, Trait("Requires", "RabbitMqKeeper")]
    public async Task What_was_confirmed_outlives_a_broker_that_is_killed_and_receiving_goes_on_by_itself()
    {
        await using var transport = Transport(_options);
        for (var i = 0; i < 20; i++)
        {
            await transport.PublishAsync(Message($"{i}"));
        }

        await using var subscription = await transport.SubscribeAsync("events");
        var before = await ReceiveAsync(subscription, 20);
        await subscription.AcknowledgeAsync([.. before.Take(5)]);

        await CommandAsync("kill");
        await Assert.ThrowsAsync<TransportUnavailableException>(() => transport.PublishAsync(Message("lost?")));
        var receiving = ReceiveAsync(subscription, 16);
        await CommandAsync("start");
        await transport.PublishAsync(Message("last"));

        // The acknowledgements may have died with the broker, but what it confirmed is all there, in its order.
        var after = (await receiving).Select(delivery => delivery.MessageId!).ToList();
        if (after[0] == "0")
        {
            after.AddRange((await ReceiveAsync(subscription, 5)).Select(delivery => delivery.MessageId!));
        }

        Assert.Equal([.. Enumerable.Range(after.Count == 21 ? 0 : 5, after.Count - 1).Select(i => $"{i}"), "last"], after);

        // What was held over the crash is not ours any more, and saying so changes nothing.
        await subscription.AcknowledgeAsync(before);
    }

    [Fact, Trait("Requires", "RabbitMqKeeper")]
    public async Task An_orderly_stop_of_the_broker_is_survived_like_a_crash()
    {
        await using var transport = Transport(_options);
        await transport.PublishAsync(Message("1"));
        await using var subscription = await transport.SubscribeAsync("events");
        await ReceiveAsync(subscription, 1);
        var receiving = ReceiveAsync(subscription, 2);

        await CommandAsync("stop");
        await CommandAsync("start");
        await transport.PublishAsync(Message("2"));

        Assert.Equal(["1", "2"], (await receiving).Select(delivery => delivery.MessageId));
    }

    [Fact]
    public async Task A_message_that_comes_back_again_and_again_ends_at_the_dead_letter_queue_and_its_neighbours_do_not()
    {
        _options.DeliveryLimit = 3;
        await using var transport = Transport(_options);
        await transport.PublishAsync(Message("poison"));
        for (var death = 0; death < 4; death++)
        {
            await using var subscription = await transport.SubscribeAsync("events");
            Assert.Equal("poison", Assert.Single(await ReceiveAsync(subscription, 1)).MessageId);
        }

        await transport.PublishAsync(Message("good"));
        await using (var subscription = await transport.SubscribeAsync("events"))
        {
            Assert.Equal("good", Assert.Single(await ReceiveAsync(subscription, 1)).MessageId);
        }

        var dead = Assert.Single(await TakeDeadAsync(_options, 1));
        Assert.Equal(("poison", "poison"), (dead.BasicProperties.MessageId, System.Text.Encoding.UTF8.GetString(dead.Body.Span)));
    }

    [Fact]
    public async Task A_message_without_a_queue_fails_and_the_next_one_finds_the_queues_declared_again()
    {
        await using var transport = Transport(_options);
        await transport.PublishAsync(Message("1"));
        await AskAsync(async channel =>
        {
            for (var number = 0; number < 3; number++)
            {
                await channel.QueueDeleteAsync($"{_options.Prefix}.events.{number}");
            }

            return true;
        });

        await Assert.ThrowsAsync<UnroutableMessageException>(() => transport.PublishAsync(Message("2")));
        await transport.PublishAsync(Message("2"));
        await using var subscription = await transport.SubscribeAsync("events");
        Assert.Equal("2", Assert.Single(await ReceiveAsync(subscription, 1)).MessageId);
    }

    [Fact]
    public async Task A_full_queue_refuses_more_and_takes_it_when_there_is_room()
    {
        _options.MaxLength = 3;
        await using var transport = Transport(_options);
        var taken = 0;
        TransportUnavailableException? refused = null;
        while (refused is null && taken < 100)
        {
            try
            {
                await transport.PublishAsync(Message($"{taken}"));
                taken++;
            }
            catch (TransportUnavailableException e)
            {
                refused = e;
            }
        }

        // The broker looks at the length now and then, so some more than three may get in.
        Assert.InRange(taken, 3, 99);
        Assert.Contains("refused the message", refused!.Message, StringComparison.Ordinal);
        await using var subscription = await transport.SubscribeAsync("events");
        var received = await ReceiveAsync(subscription, taken);
        await subscription.AcknowledgeAsync(received);
        await UntilAsync(async () =>
        {
            try
            {
                await transport.PublishAsync(Message("room"));
                return true;
            }
            catch (TransportUnavailableException)
            {
                return false;
            }
        });
        Assert.Equal("room", Assert.Single(await ReceiveAsync(subscription, 1)).MessageId);
    }

    [Fact]
    public async Task Another_number_of_queues_is_refused_with_the_name_of_the_queue_and_the_way_out()
    {
        await using var first = Transport(_options);
        await first.PublishAsync(Message("1"));
        var other = new RabbitMqOptions { Uri = _options.Uri, Prefix = _options.Prefix };
        other.Topics.Add(new RabbitMqTopic("events", 2));
        await using var second = Transport(other);

        var refused = await Assert.ThrowsAsync<RabbitMqTopologyException>(() => second.PublishAsync(Message("2")));
        await using var subscription = await second.SubscribeAsync("events");
        await Assert.ThrowsAsync<RabbitMqTopologyException>(() => subscription.ReceiveAsync(1).AsTask());

        Assert.Equal($"{_options.Prefix}.events.0", refused.Name);
        Assert.Contains("x-dead-letter-routing-key", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Prefix", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("limit")]
    [InlineData("length")]
    public async Task A_queue_with_other_arguments_is_refused(string what)
    {
        await using var first = Transport(_options);
        await first.PublishAsync(Message("1"));
        var other = new RabbitMqOptions { Uri = _options.Uri, Prefix = _options.Prefix };
        other.Topics.Add(_options.Topics[0]);
        other.DeliveryLimit = what == "limit" ? 7 : other.DeliveryLimit;
        other.MaxLength = what == "length" ? 7 : other.MaxLength;
        await using var second = Transport(other);

        await Assert.ThrowsAsync<RabbitMqTopologyException>(() => second.PublishAsync(Message("2")));
    }

    [Fact]
    public async Task Queues_are_quorum_queues_whose_dead_letters_are_moved_at_least_once()
    {
        await using var transport = Transport(_options);
        await transport.PublishAsync(Message("1"));

        // The broker compares each of these, so to declare the queue with them proves that it has them.
        await AskAsync(channel => channel.QueueDeclareAsync($"{_options.Prefix}.events.0", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>
        {
            ["x-queue-type"] = "quorum",
            ["x-single-active-consumer"] = true,
            ["x-delivery-limit"] = 100,
            ["x-max-length"] = 100_000,
            ["x-overflow"] = "reject-publish",
            ["x-dead-letter-strategy"] = "at-least-once",
            ["x-dead-letter-exchange"] = $"{_options.Prefix}.events.dead",
            ["x-dead-letter-routing-key"] = "one of 3",
        }));
    }

    [Fact]
    public async Task Headers_of_a_wrong_kind_make_a_message_unreadable_and_nothing_else()
    {
        await using var transport = Transport(_options);
        await transport.PublishAsync(Message("1"));
        await AskAsync(async channel =>
        {
            var numbers = new Dictionary<string, object?> { [RabbitMqMessage.TenantHeader] = 7L, [RabbitMqMessage.LaneHeader] = new List<object?> { "a" } };
            var broken = new Dictionary<string, object?> { [RabbitMqMessage.TenantHeader] = new byte[] { 0xff }, [RabbitMqMessage.LaneHeader] = new byte[] { 0xc3 } };
            foreach (var headers in new[] { numbers, broken, null })
            {
                await channel.BasicPublishAsync($"{_options.Prefix}.events", "0", mandatory: true, new BasicProperties { Headers = headers }, "?"u8.ToArray());
            }

            return true;
        });

        await using var subscription = await transport.SubscribeAsync("events");
        var received = await ReceiveAsync(subscription, 4);
        Assert.Equal(3, received.Count(delivery => delivery.Tenant is null && delivery.Lane is null && !delivery.TryRead(out _, out _)));
    }

    [Fact]
    public async Task A_wrong_password_is_told_without_it()
    {
        var wrong = NewOptions();
        wrong.Uri = new UriBuilder(Address) { Password = "hunter2hunter2" }.Uri;
        await using var transport = Transport(wrong);

        var failure = await Assert.ThrowsAsync<TransportUnavailableException>(() => transport.PublishAsync(Message("1")));

        Assert.DoesNotContain("hunter2", failure.ToString(), StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publishing_that_is_cancelled_says_so_and_the_next_one_goes_on()
    {
        await using var transport = Transport(_options);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => transport.PublishAsync(Message("1"), cancelled.Token));
        await transport.PublishAsync(Message("2"));
    }

    [Fact]
    public async Task Many_messages_wait_for_their_confirms_beside_each_other()
    {
        _options.Prefetch = 1_000;
        await using var transport = Transport(_options);
        await transport.PublishAsync(Message("warm"));
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < 50; i++)
        {
            await transport.PublishAsync(Message($"one-{i}"));
        }

        var oneByOne = Stopwatch.GetElapsedTime(began);
        began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => transport.PublishAsync(Message($"many-{i}", $"lane-{i}"))));
        Console.WriteLine($"RabbitMQ: 50 messages one by one in {oneByOne.TotalMilliseconds:F0} ms, 500 beside each other in {Stopwatch.GetElapsedTime(began).TotalMilliseconds:F0} ms.");
        await using var subscription = await transport.SubscribeAsync("events");
        Assert.Equal(551, (await ReceiveAsync(subscription, 551)).Select(delivery => delivery.MessageId).Distinct().Count());
    }

    private static async Task<List<TransportDelivery>> ReceiveAsync(ITransportSubscription subscription, int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        var received = new List<TransportDelivery>();
        while (received.Count < count)
        {
            received.AddRange(await subscription.ReceiveAsync(count - received.Count, patience.Token));
        }

        return received;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(1), "It did not come to hold.");
        }
    }
}
