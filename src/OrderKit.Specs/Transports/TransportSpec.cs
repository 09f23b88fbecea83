using System.Globalization;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Messaging;

namespace OrderKit.Specs;

/// <summary>What a transport keeps, alone and between an outbox and an inbox.</summary>
public static class TransportSpec
{
    private const string Consumer = "warehouse";

    /// <summary>The rules.</summary>
    public static IReadOnlyList<SpecCase<ITransportUnderTest>> Cases { get; } =
    [
        new("A message comes out as it went in", AMessageComesOutAsItWentInAsync),
        new("Messages of one lane come in the order published", MessagesOfOneLaneComeInTheOrderPublishedAsync),
        new("All that is published beside each other arrives", AllThatIsPublishedBesideEachOtherArrivesAsync),
        new("No more messages are handed over than were asked for", NoMoreMessagesAreHandedOverThanWereAskedForAsync),
        new("What was not acknowledged comes again in its order when the subscription ends", WhatWasNotAcknowledgedComesAgainAsync),
        new("What was acknowledged does not come again", WhatWasAcknowledgedDoesNotComeAgainAsync),
        new("What is given back comes again in its order", WhatIsGivenBackComesAgainInItsOrderAsync),
        new("A message that is rejected is put aside, and its neighbours come", AMessageThatIsRejectedIsPutAsideAsync),
        new("A second subscription takes a lane over when the first one ends, and not before", ASecondSubscriptionTakesALaneOverAsync),
        new("A topic that was not declared is refused", ATopicThatWasNotDeclaredIsRefusedAsync),
        new("A message that cannot be carried is refused when it is published", AMessageThatCannotBeCarriedIsRefusedAsync),
        new("A cancelled wait loses nothing", ACancelledWaitLosesNothingAsync),
        new("A message is acknowledged only when it is committed", AMessageIsAcknowledgedOnlyWhenItIsCommittedAsync),
        new("A receiver whose store failed keeps its messages and tries again", AReceiverWhoseStoreFailedTriesAgainAsync),
        new("A redelivery is recognised by the inbox", ARedeliveryIsRecognisedByTheInboxAsync),
        new("A message that cannot be read becomes a dead letter, and its neighbours are accepted", AMessageThatCannotBeReadBecomesADeadLetterAsync),
        new("A message that cannot be read is listed once, although its acknowledgement was lost", AnUnreadableMessageIsListedOnceAsync),
        new("What the outbox sends takes effect once, and in order for one lane", WhatTheOutboxSendsTakesEffectOnceAsync),
    ];

    /// <summary>Tries one rule on a transport that is opened for it.</summary>
    /// <exception cref="ArgumentException">There is no case of that name.</exception>
    /// <exception cref="SpecFailedException">The transport breaks the rule.</exception>
    public static async Task RunAsync(string name, Func<ValueTask<ITransportUnderTest>> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        var spec = Cases.FirstOrDefault(spec => spec.Name == name)
            ?? throw new ArgumentException($"{nameof(TransportSpec)} has no case '{name}'. Take the name from its Cases.", nameof(name));
        var transport = await open().ConfigureAwait(false);
        try
        {
            await spec.RunAsync(transport).ConfigureAwait(false);
        }
        finally
        {
            await transport.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task AMessageComesOutAsItWentInAsync(ITransportUnderTest under)
    {
        TransportMessage[] sent =
        [
            new("alipay:1'%_ 🙂", under.Topic, new TenantId("租户 1"), "lane 'one' 🙂", "类型", new byte[] { 0, 255, 10, 13 }),
            new(new string('€', 85), under.Topic, TenantId.Default, "", "", ReadOnlyMemory<byte>.Empty),
        ];
        await PublishAsync(under, sent).ConfigureAwait(false);
        var (subscription, received) = await ReceiveAsync(under, 2).ConfigureAwait(false);
        await using (subscription.ConfigureAwait(false))
        {
            foreach (var wanted in sent)
            {
                var found = received.Where(delivery => delivery.MessageId == wanted.MessageId).One("what came under the id of a message");
                Expect.That(found.TryRead(out var message, out var fault), $"A message that was carried can be read, and not: {fault}");
                Expect.Equal((wanted.MessageId, wanted.Topic, wanted.Tenant, wanted.Lane, wanted.Type), (message!.MessageId, message.Topic, message.Tenant, message.Lane, message.Type));
                Expect.Sequence(wanted.Body.ToArray(), message.Body.ToArray());
                Expect.That(!found.IsRedelivered, "The first delivery is none that came again.");
            }
        }
    }

    private static async Task MessagesOfOneLaneComeInTheOrderPublishedAsync(ITransportUnderTest under)
    {
        const int Each = 60;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(lane => PublishAsync(under, [.. Numbers(Each).Select(number => Message(under, number, $"lane-{lane}", $"{lane}-{number}"))]))).ConfigureAwait(false);
        var (subscription, received) = await ReceiveAsync(under, 4 * Each).ConfigureAwait(false);
        await using (subscription.ConfigureAwait(false))
        {
            foreach (var lane in received.GroupBy(delivery => delivery.Lane))
            {
                Expect.Sequence(Numbers(Each), lane.Select(delivery => delivery.MessageId!.Split('-')[1]), $"the order of {lane.Key}");
            }
        }
    }

    private static async Task AllThatIsPublishedBesideEachOtherArrivesAsync(ITransportUnderTest under)
    {
        var ids = Numbers(300);
        await Task.WhenAll(ids.Select(id => PublishAsync(under, Message(under, id, "lane-" + id)))).ConfigureAwait(false);
        var (subscription, received) = await ReceiveAsync(under, ids.Length).ConfigureAwait(false);
        await using (subscription.ConfigureAwait(false))
        {
            Expect.Set(ids, received.Select(delivery => delivery.MessageId!));
        }
    }

    private static async Task NoMoreMessagesAreHandedOverThanWereAskedForAsync(ITransportUnderTest under)
    {
        await PublishAsync(under, [.. Numbers(5).Select(id => Message(under, id))]).ConfigureAwait(false);
        var subscription = await SubscribeAsync(under).ConfigureAwait(false);
        await using (subscription.ConfigureAwait(false))
        {
            for (var left = 5; left > 0;)
            {
                var received = await WithinAsync(under, token => subscription.ReceiveAsync(2, token)).ConfigureAwait(false);
                Expect.That(received.Count is 1 or 2, $"Of two messages that were asked for came {received.Count}.");
                left -= received.Count;
            }
        }
    }

    private static async Task WhatWasNotAcknowledgedComesAgainAsync(ITransportUnderTest under)
    {
        await PublishAsync(under, [.. Numbers(6).Select(id => Message(under, id))]).ConfigureAwait(false);
        var (first, received) = await ReceiveAsync(under, 6).ConfigureAwait(false);
        await using (first.ConfigureAwait(false))
        {
            await first.AcknowledgeAsync([received[0], received[3]]).ConfigureAwait(false);
        }

        var (second, again) = await ReceiveAsync(under, 4).ConfigureAwait(false);
        await using (second.ConfigureAwait(false))
        {
            Expect.Sequence(["1", "2", "4", "5"], again.Select(delivery => delivery.MessageId!));
            Expect.That(again.All(delivery => delivery.IsRedelivered), "What comes again says so.");
        }
    }

    private static async Task WhatWasAcknowledgedDoesNotComeAgainAsync(ITransportUnderTest under)
    {
        await PublishAsync(under, [.. Numbers(4).Select(id => Message(under, id))]).ConfigureAwait(false);
        var (first, received) = await ReceiveAsync(under, 4).ConfigureAwait(false);
        await using (first.ConfigureAwait(false))
        {
            await first.AcknowledgeAsync([.. received.Take(2)]).ConfigureAwait(false);
            await first.AcknowledgeAsync([.. received.Skip(2)]).ConfigureAwait(false);
            await first.AcknowledgeAsync([.. received.Take(1)]).ConfigureAwait(false);
        }

        await PublishAsync(under, Message(under, "last")).ConfigureAwait(false);
        var (second, after) = await ReceiveAsync(under, 1).ConfigureAwait(false);
        await using (second.ConfigureAwait(false))
        {
            Expect.Sequence(["last"], after.Select(delivery => delivery.MessageId!));
        }
    }

    private static async Task WhatIsGivenBackComesAgainInItsOrderAsync(ITransportUnderTest under)
    {
        await PublishAsync(under, [.. Numbers(5).Select(id => Message(under, id))]).ConfigureAwait(false);
        var subscription = await SubscribeAsync(under).ConfigureAwait(false);
        await using (subscription.ConfigureAwait(false))
        {
            var received = await ReceiveAsync(under, subscription, 3).ConfigureAwait(false);
            await subscription.AcknowledgeAsync([received[0]]).ConfigureAwait(false);
            await subscription.ReturnAsync().ConfigureAwait(false);
            var again = await ReceiveAsync(under, subscription, 4).ConfigureAwait(false);
            Expect.Sequence(["1", "2", "3", "4"], again.Select(delivery => delivery.MessageId!));
        }
    }

    private static async Task AMessageThatIsRejectedIsPutAsideAsync(ITransportUnderTest under)
    {
        await PublishAsync(under, [.. Numbers(3).Select(id => Message(under, id))]).ConfigureAwait(false);
        var (first, received) = await ReceiveAsync(under, 3).ConfigureAwait(false);
        await using (first.ConfigureAwait(false))
        {
            await first.RejectAsync(received[1]).ConfigureAwait(false);
        }

        Expect.Sequence(received[1].Body.ToArray(), (await under.RejectedAsync(1).ConfigureAwait(false)).One().ToArray(), "the bytes of the message that was rejected");
        await PublishAsync(under, Message(under, "last")).ConfigureAwait(false);
        var (second, after) = await ReceiveAsync(under, 3).ConfigureAwait(false);
        await using (second.ConfigureAwait(false))
        {
            Expect.Sequence(["0", "2", "last"], after.Select(delivery => delivery.MessageId!));
        }
    }

    private static async Task ASecondSubscriptionTakesALaneOverAsync(ITransportUnderTest under)
    {
        await PublishAsync(under, [.. Numbers(2).Select(id => Message(under, id))]).ConfigureAwait(false);
        var (first, received) = await ReceiveAsync(under, 2).ConfigureAwait(false);
        var second = await SubscribeAsync(under).ConfigureAwait(false);
        await using (second.ConfigureAwait(false))
        {
            var waiting = ReceiveAsync(under, second, 4);
            await using (first.ConfigureAwait(false))
            {
                await PublishAsync(under, Message(under, "2"), Message(under, "3")).ConfigureAwait(false);
                Expect.Sequence(["2", "3"], (await ReceiveAsync(under, first, 2).ConfigureAwait(false)).Select(delivery => delivery.MessageId!), "what goes on coming to the first subscription");
                await first.AcknowledgeAsync([received[0]]).ConfigureAwait(false);
                await PublishAsync(under, Message(under, "4")).ConfigureAwait(false);
            }

            Expect.Sequence(["1", "2", "3", "4"], (await waiting.ConfigureAwait(false)).Select(delivery => delivery.MessageId!), "what comes to the second subscription");
        }
    }

    private static async Task ATopicThatWasNotDeclaredIsRefusedAsync(ITransportUnderTest under)
    {
        var stray = Message(under, "1") with { Topic = under.Topic + "-misspelt" };
        await Expect.ThrowsAsync<UnroutableMessageException>(() => under.Transport.PublishAsync(stray), "A message for nobody is not taken.").ConfigureAwait(false);
        await Expect.ThrowsAsync<UnroutableMessageException>(() => under.Transport.SubscribeAsync(stray.Topic).AsTask(), "Nothing would ever come.").ConfigureAwait(false);
    }

    private static async Task AMessageThatCannotBeCarriedIsRefusedAsync(ITransportUnderTest under)
    {
        var good = Message(under, "1");
        foreach (var bad in new[]
        {
            good with { MessageId = "" }, good with { MessageId = new string('€', 86) }, good with { MessageId = "a\nb" },
            good with { Lane = new string('x', 256) }, good with { Lane = "\ud800" }, good with { Type = "\0" },
        })
        {
            await Expect.ThrowsAsync<ArgumentException>(() => under.Transport.PublishAsync(bad), "What no receiver could read is not taken.").ConfigureAwait(false);
        }

        await PublishAsync(under, good).ConfigureAwait(false);
        var (subscription, received) = await ReceiveAsync(under, 1).ConfigureAwait(false);
        await using (subscription.ConfigureAwait(false))
        {
            Expect.Equal("1", received[0].MessageId);
        }
    }

    private static async Task ACancelledWaitLosesNothingAsync(ITransportUnderTest under)
    {
        var subscription = await SubscribeAsync(under).ConfigureAwait(false);
        await using (subscription.ConfigureAwait(false))
        {
            using var cancellation = new CancellationTokenSource();
            var waiting = subscription.ReceiveAsync(1, cancellation.Token).AsTask();
            await cancellation.CancelAsync().ConfigureAwait(false);
            await Expect.ThrowsAsync<OperationCanceledException>(() => waiting, "A wait can be cancelled.").ConfigureAwait(false);
            await PublishAsync(under, [.. Numbers(3).Select(id => Message(under, id))]).ConfigureAwait(false);
            Expect.Sequence(Numbers(3), (await ReceiveAsync(under, subscription, 3).ConfigureAwait(false)).Select(delivery => delivery.MessageId!));
        }
    }

    private static async Task AMessageIsAcknowledgedOnlyWhenItIsCommittedAsync(ITransportUnderTest under)
    {
        using var desk = new ReceivingDesk();
        await PublishAsync(under, Message(under, "1")).ConfigureAwait(false);
        desk.UnitsToFail = 1;
        var crashing = desk.Receiver(under, Consumer);
        await using (crashing.ConfigureAwait(false))
        {
            await Expect.ThrowsAsync<InjectedFaultException>(() => WithinAsync(under, token => new ValueTask<ReceiveResult>(crashing.ReceiveOnceAsync(token))), "What was not committed was not received.").ConfigureAwait(false);
        }

        await PublishAsync(under, Message(under, "2")).ConfigureAwait(false);
        await desk.ReceiveAsync(under, Consumer, 2).ConfigureAwait(false);
        Expect.Sequence(["1", "2"], await desk.HandleAsync(Consumer).ConfigureAwait(false), "what took effect");
    }

    private static async Task AReceiverWhoseStoreFailedTriesAgainAsync(ITransportUnderTest under)
    {
        using var desk = new ReceivingDesk();
        await PublishAsync(under, Message(under, "1")).ConfigureAwait(false);
        var receiver = desk.Receiver(under, Consumer);
        await using (receiver.ConfigureAwait(false))
        {
            desk.UnitsToFail = 3;
            for (var i = 0; i < 3; i++)
            {
                await Expect.ThrowsAsync<InjectedFaultException>(() => WithinAsync(under, token => new ValueTask<ReceiveResult>(receiver.ReceiveOnceAsync(token))), "The store's failure is told.").ConfigureAwait(false);
            }

            Expect.Equal(new ReceiveResult(1, 0, 0), await WithinAsync(under, token => new ValueTask<ReceiveResult>(receiver.ReceiveOnceAsync(token))).ConfigureAwait(false));
        }

        await PublishAsync(under, Message(under, "2")).ConfigureAwait(false);
        Expect.Equal(new ReceiveResult(1, 0, 0), await desk.ReceiveAsync(under, Consumer, 1).ConfigureAwait(false));
    }

    private static async Task ARedeliveryIsRecognisedByTheInboxAsync(ITransportUnderTest under)
    {
        using var desk = new ReceivingDesk();
        await PublishAsync(under, Message(under, "1")).ConfigureAwait(false);
        var (first, received) = await ReceiveAsync(under, 1).ConfigureAwait(false);
        await using (first.ConfigureAwait(false))
        {
            // It is committed, and the process dies before it tells the broker.
            Expect.That(received[0].TryRead(out var message, out _), "The message can be read.");
            await desk.Inbox.AcceptAsync([new InboxMessage(message!.MessageId, Consumer, message.Tenant, message.Lane, message.Type, message.Body)]).ConfigureAwait(false);
        }

        Expect.Equal(new ReceiveResult(0, 1, 0), await desk.ReceiveAsync(under, Consumer, 1).ConfigureAwait(false));
        Expect.Sequence(["1"], await desk.HandleAsync(Consumer).ConfigureAwait(false), "what took effect");
    }

    private static async Task AMessageThatCannotBeReadBecomesADeadLetterAsync(ITransportUnderTest under)
    {
        using var desk = new ReceivingDesk();
        var whole = new TransportDelivery(under.Topic, new byte[] { 0, 255, 1 }, "") { MessageId = "strange", Tenant = "default", Lane = "lane", Type = "test" };
        TransportDelivery[] strange =
        [
            whole with { MessageId = null, Body = new byte[] { 0, 255, 2 } },
            whole with { MessageId = "a\u0001b", Body = new byte[] { 0, 255, 3 } },
            whole with { Tenant = null },
            whole with { MessageId = "long", Tenant = new string('t', 65) },
            whole with { MessageId = "long lane", Lane = new string('x', 5_000) },
            whole with { MessageId = "no lane", Lane = null },
            whole with { MessageId = "no type", Type = null },
        ];
        await PublishAsync(under, Message(under, "before")).ConfigureAwait(false);
        foreach (var anything in strange)
        {
            await under.PublishAnythingAsync("lane", anything).ConfigureAwait(false);
        }

        await PublishAsync(under, Message(under, "after")).ConfigureAwait(false);
        var result = await desk.ReceiveAsync(under, Consumer, strange.Length + 2).ConfigureAwait(false);
        Expect.Equal(new ReceiveResult(2, 0, strange.Length), result);
        Expect.Sequence(["before", "after"], await desk.HandleAsync(Consumer).ConfigureAwait(false), "what took effect");
        var letters = (await desk.Letters.QueryAsync(new DeadLetterQuery { Name = Consumer }).ConfigureAwait(false)).Items;
        Expect.Sequence(strange.Select(anything => Convert.ToHexString(anything.Body.Span)), letters.Select(letter => Convert.ToHexString(letter.Body.Span)), "the bytes of the dead letters");
        Expect.That(letters.All(letter => letter.ErrorClass == TransportReceiver.UnreadableErrorClass && letter.ErrorText.Length > 0), "A dead letter says why nobody can read it.");
        Expect.Equal(strange.Length, letters.Select(letter => letter.MessageId).Distinct(StringComparer.Ordinal).Count());

        await PublishAsync(under, Message(under, "last")).ConfigureAwait(false);
        Expect.Equal(new ReceiveResult(1, 0, 0), await desk.ReceiveAsync(under, Consumer, 1).ConfigureAwait(false));
    }

    private static async Task AnUnreadableMessageIsListedOnceAsync(ITransportUnderTest under)
    {
        using var desk = new ReceivingDesk();
        await under.PublishAnythingAsync("lane", new TransportDelivery(under.Topic, "what is this"u8.ToArray(), "")).ConfigureAwait(false);
        var crashing = desk.Receiver(under, Consumer, isUnheard: true);
        await using (crashing.ConfigureAwait(false))
        {
            await Expect.ThrowsAsync<InjectedFaultException>(() => WithinAsync(under, token => new ValueTask<ReceiveResult>(crashing.ReceiveOnceAsync(token))), "The process dies before it tells the broker.").ConfigureAwait(false);
        }

        Expect.Equal(new ReceiveResult(0, 0, 1), await desk.ReceiveAsync(under, Consumer, 1).ConfigureAwait(false));
        Expect.Equal(1, (await desk.Letters.QueryAsync(new DeadLetterQuery { Name = Consumer }).ConfigureAwait(false)).Items.Count);
    }

    private static async Task WhatTheOutboxSendsTakesEffectOnceAsync(ITransportUnderTest under)
    {
        const int Orders = 20, Each = 5;
        using var desk = new ReceivingDesk();
        var outbox = new InMemoryOutboxStore(desk.Database);
        var sent = Enumerable.Range(0, Each).SelectMany(number => Enumerable.Range(0, Orders)
            .Select(order => new OutboxMessage($"{order}:{number}", under.Topic, TenantId.Default, $"order-{order}", "test", "x"u8.ToArray()))).ToList();
        var unit = await desk.Database.BeginAsync().ConfigureAwait(false);
        await using (unit.ConfigureAwait(false))
        {
            outbox.Append(unit, sent);
            await unit.CommitAsync().ConfigureAwait(false);
        }

        var options = new OutboxPumpOptions { Destination = under.Topic, MaxConcurrency = 8 };
        var pump = new OutboxPump(outbox, desk.Letters, new InMemoryDeliveryPauseStore(desk.Database), desk.Database, new(new TransportSink(under.Transport)), Options.Create(options));
        Expect.Equal(new PumpResult(Orders * Each, 0), await pump.PumpAllAsync().ConfigureAwait(false));
        await desk.ReceiveAsync(under, Consumer, Orders * Each).ConfigureAwait(false);
        var effects = await desk.HandleAsync(Consumer).ConfigureAwait(false);
        Expect.Set(sent.Select(message => message.MessageId), effects, "what took effect");
        foreach (var order in effects.GroupBy(id => id.Split(':')[0]))
        {
            Expect.Sequence(Numbers(Each), order.Select(id => id.Split(':')[1]), $"the order of the messages of order {order.Key}");
        }
    }

    private static string[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(number => number.ToString(CultureInfo.InvariantCulture))];

    private static TransportMessage Message(ITransportUnderTest under, string body, string lane = "lane", string? id = null) =>
        new(id ?? body, under.Topic, TenantId.Default, lane, "test", System.Text.Encoding.UTF8.GetBytes(body));

    private static async Task PublishAsync(ITransportUnderTest under, params TransportMessage[] messages)
    {
        foreach (var message in messages)
        {
            await WithinAsync(under, async token =>
            {
                await under.Transport.PublishAsync(message, token).ConfigureAwait(false);
                return true;
            }).ConfigureAwait(false);
        }
    }

    private static ValueTask<ITransportSubscription> SubscribeAsync(ITransportUnderTest under) => under.Transport.SubscribeAsync(under.Topic);

    private static async Task<(ITransportSubscription Subscription, List<TransportDelivery> Received)> ReceiveAsync(ITransportUnderTest under, int count)
    {
        var subscription = await SubscribeAsync(under).ConfigureAwait(false);
        try
        {
            return (subscription, await ReceiveAsync(under, subscription, count).ConfigureAwait(false));
        }
        catch
        {
            await subscription.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<List<TransportDelivery>> ReceiveAsync(ITransportUnderTest under, ITransportSubscription subscription, int count)
    {
        var received = new List<TransportDelivery>();
        while (received.Count < count)
        {
            received.AddRange(await WithinAsync(under, token => subscription.ReceiveAsync(count - received.Count, token)).ConfigureAwait(false));
        }

        return received;
    }

    internal static async Task<T> WithinAsync<T>(ITransportUnderTest under, Func<CancellationToken, ValueTask<T>> act)
    {
        using var patience = new CancellationTokenSource(under.Patience, TimeProvider.System);
        try
        {
            return await act(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (patience.IsCancellationRequested)
        {
            throw new SpecFailedException($"Within {under.Patience} nothing came.", e);
        }
    }
}
