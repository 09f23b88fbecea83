using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Eng;
using OrderKit.Core.Storage;
using OrderKit.Messaging.Storage;

namespace OrderKit.Messaging.Tests;

/// <summary>What the receiver does beyond the rules that it shares with every transport.</summary>
public sealed class ReceiverTests : IDisposable
{
    private readonly Post _post = new();
    private readonly InProcessTransport _transport = new(Options.Create(With(new InProcessTransportOptions { Capacity = 20, PublishTimeout = TimeSpan.FromSeconds(5) })), null);

    public void Dispose()
    {
        _transport.Dispose();
        _post.Dispose();
    }

    [Fact]
    public async Task A_message_that_the_store_refuses_becomes_a_letter_and_the_rest_of_its_batch_is_accepted()
    {
        await PublishAsync("1", "refused", "2");
        await using var receiver = Receiver(new PickyInbox(_post.Inbox), _post.Letters);

        Assert.Equal(new ReceiveResult(2, 0, 1), await receiver.ReceiveOnceAsync());

        var letter = Assert.Single((await _post.Letters.QueryAsync(new DeadLetterQuery())).Items);
        Assert.Equal(("refused", TransportReceiver.UnreadableErrorClass), (letter.MessageId, letter.ErrorClass));
        Assert.Equal("refused"u8.ToArray(), letter.Body.ToArray());
        Assert.Empty(_transport.Rejected("events"));
    }

    [Fact]
    public async Task In_a_backlog_the_types_with_a_head_start_go_first()
    {
        await PublishAsync("plain");
        await _transport.PublishAsync(Message("urgent") with { Type = "payment", Lane = "another" });
        var options = new TransportReceiverOptions { Topic = "events", Consumer = "warehouse", HeadStarts = { ["payment"] = TimeSpan.FromMinutes(1) } };
        await using var receiver = new TransportReceiver(_transport, new Inbox(_post.Inbox, _post.Database), _post.Letters, _post.Database, Options.Create(options));

        await receiver.ReceiveOnceAsync();

        Assert.Equal(["urgent", "plain"], (await _post.Inbox.ClaimAsync("warehouse", 2, TimeSpan.FromMinutes(1))).Select(delivery => delivery.Message.MessageId));
    }

    [Fact]
    public async Task A_message_of_which_not_even_a_letter_can_be_made_is_put_aside_by_the_transport_and_its_neighbours_go_on()
    {
        await PublishAsync("1", "refused", "2");
        await using var receiver = Receiver(new PickyInbox(_post.Inbox), new PickyLetters(_post.Letters));

        Assert.Equal(new ReceiveResult(2, 0, 0) { Rejected = 1 }, await receiver.ReceiveOnceAsync());

        Assert.Equal("refused"u8.ToArray(), Assert.Single(_transport.Rejected("events")).ToArray());
        await PublishAsync("3");
        Assert.Equal(new ReceiveResult(1, 0, 0), await receiver.ReceiveOnceAsync());
    }

    [Fact]
    public async Task Letters_of_a_batch_that_broke_off_are_not_written_again()
    {
        await _transport.PublishAsync(new TransportDelivery("events", "?"u8.ToArray(), ""));
        await PublishAsync("refused", "1");
        await using var receiver = Receiver(new PickyInbox(_post.Inbox) { LosesConnectionAt = "1" }, _post.Letters);

        await Assert.ThrowsAsync<IOException>(() => receiver.ReceiveOnceAsync());
        Assert.Equal(new ReceiveResult(1, 0, 2), await receiver.ReceiveOnceAsync());

        Assert.Equal(["?", "refused"], (await _post.Letters.QueryAsync(new DeadLetterQuery())).Items.Select(letter => System.Text.Encoding.UTF8.GetString(letter.Body.Span)).Order());
    }

    [Fact]
    public async Task A_subscription_that_ends_as_its_turn_comes_leaves_the_turn_to_the_next_one()
    {
        for (var i = 0; i < 200; i++)
        {
            var first = await _transport.SubscribeAsync("events");
            await PublishAsync($"{i}");
            Assert.Single(await first.ReceiveAsync(1));
            var second = await _transport.SubscribeAsync("events");
            var waiting = second.ReceiveAsync(1).AsTask();

            await first.DisposeAsync();
            await second.DisposeAsync();
            await ((Task)waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

            await using var third = await _transport.SubscribeAsync("events");
            await third.AcknowledgeAsync(await third.ReceiveAsync(1).AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
        }
    }

    [Fact]
    public async Task A_letter_that_nobody_could_read_can_be_redriven_and_discarded_like_any_other()
    {
        await _transport.PublishAsync(new TransportDelivery("events", "?"u8.ToArray(), "") { MessageId = "1", Lane = "lane", Type = "test" });
        await _transport.PublishAsync(new TransportDelivery("events", "??"u8.ToArray(), ""));
        await using var receiver = Receiver(_post.Inbox, _post.Letters);
        Assert.Equal(2, (await receiver.ReceiveOnceAsync()).Unreadable);
        var letters = (await _post.Letters.QueryAsync(new DeadLetterQuery())).Items;

        Assert.IsType<RedriveResult.Redriven>(await _post.DeadLetters().RedriveAsync(letters[0].Number, "li"));
        Assert.Equal(DiscardResult.Discarded, await _post.DeadLetters().DiscardAsync(letters[1].Number, "li", "A test of a partner."));

        var claimed = Assert.Single(await _post.Inbox.ClaimAsync("warehouse", 10, TimeSpan.FromMinutes(1)));
        Assert.Equal(("1", TenantId.Default, "?"), (claimed.Message.MessageId, claimed.Message.Tenant, System.Text.Encoding.UTF8.GetString(claimed.Message.Body.Span)));
        Assert.StartsWith("unreadable:", letters[1].MessageId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_topic_without_room_refuses_and_has_room_again_when_something_is_acknowledged()
    {
        using var small = new InProcessTransport(Options.Create(With(new InProcessTransportOptions { Capacity = 1, PublishTimeout = TimeSpan.FromMilliseconds(1) })));
        await small.PublishAsync(Message("1"));
        await Assert.ThrowsAsync<TransportUnavailableException>(() => small.PublishAsync(Message("2")));
        await using var subscription = await small.SubscribeAsync("events");
        await subscription.AcknowledgeAsync(await subscription.ReceiveAsync(1));

        await small.PublishAsync(Message("2"));
    }

    [Fact]
    public async Task A_host_sends_and_receives_in_the_background_as_soon_as_something_is_committed()
    {
        var handled = Channel.CreateUnbounded<string>();
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton<IInboxHandler>(new Telling(handled));
        builder.Services.AddOrderKit().UseInMemory()
            .AddInProcessTransport(o => o.Topics.Add("events"))
            .SendThroughTransport(o => o.PollInterval = TimeSpan.FromDays(1))
            .ReceiveFromTransport(o => (o.Topic, o.Consumer) = ("events", "warehouse"))
            .AddInbox(o => o.PollInterval = TimeSpan.FromDays(1));
        using var host = builder.Build();
        await host.StartAsync();
        foreach (var id in new[] { "1", "2", "3" })
        {
            await using (var unit = await host.Services.GetRequiredService<IUnitOfWorkFactory>().BeginAsync())
            {
                await host.Services.GetRequiredService<IOutboxStore>().AppendAsync(unit, [new OutboxMessage(id, "events", TenantId.Default, "lane", "test", "x"u8.ToArray())]);
                await unit.CommitAsync();
            }

            // No sweep comes within a day.
            Assert.Equal(id, await handled.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1)));
        }

        await host.StopAsync();
    }

    [Fact]
    public async Task Wrong_settings_stop_the_host()
    {
        await RefusesAsync(
            builder => builder.AddInProcessTransport(o => (o.Capacity, o.PublishTimeout) = (0, TimeSpan.Zero)).SendThroughTransport(),
            "InProcessTransportOptions.Topics", "InProcessTransportOptions.Capacity", "InProcessTransportOptions.PublishTimeout");
        await RefusesAsync(
            builder => builder.AddInProcessTransport(o => o.Topics.Add("events")).SendThroughTransport(o => o.MaxConcurrency = 0),
            "OutboxPumpOptions.MaxConcurrency");
        await RefusesAsync(
            builder => builder.AddInProcessTransport(o => o.Topics.Add("events")).ReceiveFromTransport(o =>
            {
                (o.BatchSize, o.FirstDelay, o.MaxDelay) = (0, TimeSpan.Zero, TimeSpan.FromSeconds(-1));
                o.HeadStarts["payment"] = TimeSpan.FromDays(31);
            }),
            "TransportReceiverOptions.HeadStarts", "TransportReceiverOptions.Topic", "TransportReceiverOptions.Consumer", "TransportReceiverOptions.BatchSize", "TransportReceiverOptions.FirstDelay", "TransportReceiverOptions.MaxDelay");

        static async Task RefusesAsync(Action<OrderKitBuilder> configure, params string[] settings)
        {
            var builder = Host.CreateApplicationBuilder();
            configure(builder.Services.AddOrderKit().UseInMemory());
            using var host = builder.Build();
            var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
            Assert.All(settings, setting => Assert.Contains(setting, failure.Message, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_second_receiver_and_a_host_without_a_transport_are_told_the_way_out()
    {
        var builder = new ServiceCollection().AddLogging().AddOrderKit().UseInMemory().ReceiveFromTransport(o => (o.Topic, o.Consumer) = ("events", "warehouse"));
        Assert.Throws<InvalidOperationException>(() => builder.ReceiveFromTransport(o => o.Topic = "b"));
        using var provider = builder.Services.BuildServiceProvider();
        Assert.Contains("AddRabbitMq", Assert.Throws<InvalidOperationException>(provider.GetRequiredService<TransportReceiver>).Message, StringComparison.Ordinal);
    }

    private static TransportMessage Message(string id) => new(id, "events", TenantId.Default, "lane", "test", System.Text.Encoding.UTF8.GetBytes(id));

    private static InProcessTransportOptions With(InProcessTransportOptions options)
    {
        options.Topics.Add("events");
        return options;
    }

    private async Task PublishAsync(params string[] ids)
    {
        foreach (var id in ids)
        {
            await _transport.PublishAsync(Message(id));
        }
    }

    private TransportReceiver Receiver(IInboxStore inbox, IDeadLetterStore letters) => new(
        _transport, new Inbox(inbox, _post.Database), letters, _post.Database,
        Options.Create(new TransportReceiverOptions { Topic = "events", Consumer = "warehouse" }), null, _post.Clock);

    private sealed class Telling(Channel<string> handled) : IInboxHandler
    {
        public string Consumer => "warehouse";

        public Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken) =>
            handled.Writer.WriteAsync(delivery.Message.MessageId, cancellationToken).AsTask();
    }

    /// <summary>An inbox that cannot keep one message, as a database cannot keep every text.</summary>
    private sealed class PickyInbox(IInboxStore inner) : ForwardingInboxStore(inner)
    {
        /// <summary>At which message, when it is accepted alone, the database is not there once.</summary>
        public string? LosesConnectionAt { get; set; }

        public override ValueTask<IReadOnlyList<InboxReceipt>> AcceptAsync(
            UnitOfWork unitOfWork, IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken = default)
        {
            if (messages is [{ MessageId: var id }] && id == LosesConnectionAt)
            {
                LosesConnectionAt = null;
                throw new IOException("The database is not there.");
            }

            return messages.Any(message => message.MessageId == "refused")
                ? throw new ArgumentException("No database keeps this.", nameof(messages))
                : base.AcceptAsync(unitOfWork, messages, cancellationToken);
        }
    }

    private sealed class PickyLetters(IDeadLetterStore inner) : IDeadLetterStore
    {
        public ValueTask AddAsync(UnitOfWork unitOfWork, IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken = default) => throw new ArgumentException("No database keeps this either.", nameof(letters));

        public ValueTask<Page<DeadLetter>> QueryAsync(DeadLetterQuery query, CancellationToken cancellationToken = default) => inner.QueryAsync(query, cancellationToken);

        public ValueTask<DeadLetter?> FindAsync(long number, CancellationToken cancellationToken = default) => inner.FindAsync(number, cancellationToken);

        public ValueTask<bool> CloseAsync(UnitOfWork unitOfWork, long number, DeadLetterState to, string by, string? note, CancellationToken cancellationToken = default) => inner.CloseAsync(unitOfWork, number, to, by, note, cancellationToken);

        public ValueTask<IReadOnlyList<DeadLetterAct>> ActsAsync(long number, CancellationToken cancellationToken = default) => inner.ActsAsync(number, cancellationToken);
    }
}
