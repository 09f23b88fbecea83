using System.Globalization;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Messaging;

namespace OrderKit.Specs;

/// <summary>The rules that a transport must keep, alone and between an outbox and an inbox.</summary>
public static class TransportSpec
{
    private const string Consumer = "warehouse";

    /// <summary>The cases of this suite.</summary>
    public static IReadOnlyList<SpecCase<ITransportUnderTest>> Cases { get; } =
    [
        new("A message is received as it was published", async under =>
        {
            TransportMessage[] sent =
            [
                new("alipay:1'%_ 🙂", under.Topic, new TenantId("租户 1"), "lane 'one' 🙂", "类型", new byte[] { 0, 255, 10, 13 }),
                new(new string('€', 85), under.Topic, TenantId.Default, "", "", ReadOnlyMemory<byte>.Empty),
            ];
            await PublishAsync(under, sent);
            var (subscription, received) = await ReceiveAsync(under, 2);
            await using (subscription)
            {
                foreach (var wanted in sent)
                {
                    var found = received.Where(delivery => delivery.MessageId == wanted.MessageId).One(
                        "what came under the id of a message");
                    Expect.That(found.TryRead(out var message, out var fault), $"A received message must be readable, but: {fault}");
                    Expect.Equal((wanted.MessageId, wanted.Topic, wanted.Tenant, wanted.Lane, wanted.Type),
                        (message!.MessageId, message.Topic, message.Tenant, message.Lane, message.Type));
                    Expect.Sequence(wanted.Body.ToArray(), message.Body.ToArray());
                    Expect.That(!found.IsRedelivered, "The first delivery must not be marked as redelivered.");
                }
            }
        }),
        new("Messages of one lane come in the order published", async under =>
        {
            const int Each = 60;
            await Task.WhenAll(
                Enumerable.Range(0, 4)
                    .Select(
                        lane => PublishAsync(
                            under, [.. Numbers(Each).Select(number => Message(under, number, $"lane-{lane}", $"{lane}-{number}"))])));
            var (subscription, received) = await ReceiveAsync(under, 4 * Each);
            await using (subscription)
            {
                foreach (var lane in received.GroupBy(delivery => delivery.Lane))
                {
                    Expect.Sequence(Numbers(Each), lane.Select(delivery => delivery.MessageId!.Split('-')[1]), $"the order of {lane.Key}");
                }
            }
        }),
        new("All messages of concurrent publishers arrive", async under =>
        {
            var ids = Numbers(300);
            await Task.WhenAll(ids.Select(id => PublishAsync(under, Message(under, id, "lane-" + id))));
            var (subscription, received) = await ReceiveAsync(under, ids.Length);
            await using (subscription)
            {
                Expect.Set(ids, received.Select(delivery => delivery.MessageId!));
            }
        }),
        new("No more messages are received than requested", async under =>
        {
            await PublishAsync(under, [.. Numbers(5).Select(id => Message(under, id))]);
            var subscription = await SubscribeAsync(under);
            await using (subscription)
            {
                for (var left = 5; left > 0;)
                {
                    var received = await WithinAsync(under, token => subscription.ReceiveAsync(2, token));
                    Expect.That(received.Count is 1 or 2, $"Two messages were requested, but {received.Count} arrived.");
                    left -= received.Count;
                }
            }
        }),
        new("Unacknowledged messages are delivered again in their order after the subscription ends", async under =>
        {
            await PublishAsync(under, [.. Numbers(6).Select(id => Message(under, id))]);
            var (first, received) = await ReceiveAsync(under, 6);
            await using (first)
            {
                await first.AcknowledgeAsync([received[0], received[3]]);
            }

            var (second, again) = await ReceiveAsync(under, 4);
            await using (second)
            {
                Expect.Sequence(["1", "2", "4", "5"], again.Select(delivery => delivery.MessageId!));
                Expect.That(again.All(delivery => delivery.IsRedelivered), "A redelivery must be marked as redelivered.");
            }
        }),
        new("An acknowledged message is not delivered again", async under =>
        {
            await PublishAsync(under, [.. Numbers(4).Select(id => Message(under, id))]);
            var (first, received) = await ReceiveAsync(under, 4);
            await using (first)
            {
                await first.AcknowledgeAsync([.. received.Take(2)]);
                await first.AcknowledgeAsync([.. received.Skip(2)]);
                await first.AcknowledgeAsync([.. received.Take(1)]);
            }

            await PublishAsync(under, Message(under, "last"));
            var (second, after) = await ReceiveAsync(under, 1);
            await using (second)
            {
                Expect.Sequence(["last"], after.Select(delivery => delivery.MessageId!));
            }
        }),
        new("Returned messages are delivered again in their order", async under =>
        {
            await PublishAsync(under, [.. Numbers(5).Select(id => Message(under, id))]);
            var subscription = await SubscribeAsync(under);
            await using (subscription)
            {
                var received = await ReceiveAsync(under, subscription, 3);
                await subscription.AcknowledgeAsync([received[0]]);
                await subscription.ReturnAsync();
                var again = await ReceiveAsync(under, subscription, 4);
                Expect.Sequence(["1", "2", "3", "4"], again.Select(delivery => delivery.MessageId!));
            }
        }),
        new("A rejected message is set aside, and other messages arrive", async under =>
        {
            await PublishAsync(under, [.. Numbers(3).Select(id => Message(under, id))]);
            var (first, received) = await ReceiveAsync(under, 3);
            await using (first)
            {
                await first.RejectAsync(received[1]);
            }

            Expect.Sequence(received[1].Body.ToArray(), (await under.RejectedAsync(1)).One().ToArray(),
                "the bytes of the rejected message");
            await PublishAsync(under, Message(under, "last"));
            var (second, after) = await ReceiveAsync(under, 3);
            await using (second)
            {
                Expect.Sequence(["0", "2", "last"], after.Select(delivery => delivery.MessageId!));
            }
        }),
        new("A second subscription takes a lane over only after the first one ends", async under =>
        {
            await PublishAsync(under, [.. Numbers(2).Select(id => Message(under, id))]);
            var (first, received) = await ReceiveAsync(under, 2);
            var second = await SubscribeAsync(under);
            await using (second)
            {
                var waiting = ReceiveAsync(under, second, 4);
                await using (first)
                {
                    await PublishAsync(under, Message(under, "2"), Message(under, "3"));
                    Expect.Sequence(["2", "3"], (await ReceiveAsync(under, first, 2)).Select(delivery => delivery.MessageId!),
                        "the messages of the first subscription");
                    await first.AcknowledgeAsync([received[0]]);
                    await PublishAsync(under, Message(under, "4"));
                }

                Expect.Sequence(
                    ["1", "2", "3", "4"], (await waiting).Select(delivery => delivery.MessageId!), "what comes to the second subscription");
            }
        }),
        new("A topic that was not declared is refused", async under =>
        {
            var stray = Message(under, "1") with { Topic = under.Topic + "-misspelt" };
            await Expect.ThrowsAsync<UnroutableMessageException>(
                () => under.Transport.PublishAsync(stray), "A message without a receiver must be refused.");
            await Expect.ThrowsAsync<UnroutableMessageException>(
                () => under.Transport.SubscribeAsync(stray.Topic).AsTask(), "Nothing would ever arrive.");
        }),
        new("A message that the transport cannot carry is refused when it is published", async under =>
        {
            var good = Message(under, "1");
            foreach (var bad in new[]
            {
                good with { MessageId = "" }, good with { MessageId = new string('€', 86) }, good with { MessageId = "a\nb" },
                good with { Lane = new string('x', 256) }, good with { Lane = "\ud800" }, good with { Type = "\0" },
            })
            {
                await Expect.ThrowsAsync<ArgumentException>(
                    () => under.Transport.PublishAsync(bad), "A message that no receiver could read must be refused.");
            }

            await PublishAsync(under, good);
            var (subscription, received) = await ReceiveAsync(under, 1);
            await using (subscription)
            {
                Expect.Equal("1", received[0].MessageId);
            }
        }),
        new("A cancelled wait loses nothing", async under =>
        {
            var subscription = await SubscribeAsync(under);
            await using (subscription)
            {
                using var cancellation = new CancellationTokenSource();
                var waiting = subscription.ReceiveAsync(1, cancellation.Token).AsTask();
                await cancellation.CancelAsync();
                await Expect.ThrowsAsync<OperationCanceledException>(() => waiting, "A wait can be cancelled.");
                await PublishAsync(under, [.. Numbers(3).Select(id => Message(under, id))]);
                Expect.Sequence(Numbers(3), (await ReceiveAsync(under, subscription, 3)).Select(delivery => delivery.MessageId!));
            }
        }),
        new("A message is acknowledged only after the commit", async under =>
        {
            using var desk = new ReceivingDesk();
            await PublishAsync(under, Message(under, "1"));
            desk.UnitsToFail = 1;
            var crashing = desk.Receiver(under, Consumer);
            await using (crashing)
            {
                await Expect.ThrowsAsync<InjectedFaultException>(
                    () => WithinAsync(under, token => new ValueTask<ReceiveResult>(crashing.ReceiveOnceAsync(token))),
                    "An uncommitted message must not count as received.");
            }

            await PublishAsync(under, Message(under, "2"));
            await desk.ReceiveAsync(under, Consumer, 2);
            Expect.Sequence(["1", "2"], await desk.HandleAsync(Consumer), "the effects");
        }),
        new("A receiver whose store failed keeps its messages and retries", async under =>
        {
            using var desk = new ReceivingDesk();
            await PublishAsync(under, Message(under, "1"));
            var receiver = desk.Receiver(under, Consumer);
            await using (receiver)
            {
                desk.UnitsToFail = 3;
                for (var i = 0; i < 3; i++)
                {
                    await Expect.ThrowsAsync<InjectedFaultException>(
                        () => WithinAsync(under, token => new ValueTask<ReceiveResult>(receiver.ReceiveOnceAsync(token))),
                        "The failure of the store must be reported.");
                }

                Expect.Equal(new ReceiveResult(1, 0, 0),
                    await WithinAsync(under, token => new ValueTask<ReceiveResult>(receiver.ReceiveOnceAsync(token))));
            }

            await PublishAsync(under, Message(under, "2"));
            Expect.Equal(new ReceiveResult(1, 0, 0), await desk.ReceiveAsync(under, Consumer, 1));
        }),
        new("A redelivery is recognised by the inbox", async under =>
        {
            using var desk = new ReceivingDesk();
            await PublishAsync(under, Message(under, "1"));
            var (first, received) = await ReceiveAsync(under, 1);
            await using (first)
            {
                // The commit succeeds, and the process dies before it acknowledges the message.
                Expect.That(received[0].TryRead(out var message, out _), "The message must be readable.");
                await desk.Inbox.AcceptAsync([
                    new InboxMessage(message!.MessageId, Consumer, message.Tenant, message.Lane, message.Type, message.Body),
                ]);
            }

            Expect.Equal(new ReceiveResult(0, 1, 0), await desk.ReceiveAsync(under, Consumer, 1));
            Expect.Sequence(["1"], await desk.HandleAsync(Consumer), "the effects");
        }),
        new("An unreadable message becomes a dead letter, and other messages are accepted", async under =>
        {
            using var desk = new ReceivingDesk();
            var whole = new TransportDelivery(under.Topic, new byte[] { 0, 255, 1 }, "")
            {
                MessageId = "strange",
                Tenant = "default",
                Lane = "lane",
                Type = "test",
            };
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
            await PublishAsync(under, Message(under, "before"));
            foreach (var anything in strange)
            {
                await under.PublishAnythingAsync("lane", anything);
            }

            await PublishAsync(under, Message(under, "after"));
            var result = await desk.ReceiveAsync(under, Consumer, strange.Length + 2);
            Expect.Equal(new ReceiveResult(2, 0, strange.Length), result);
            Expect.Sequence(["before", "after"], await desk.HandleAsync(Consumer), "the effects");
            var letters = (await desk.Letters.QueryAsync(new DeadLetterQuery { Name = Consumer })).Items;
            Expect.Sequence(strange.Select(anything => Convert.ToHexString(anything.Body.Span)),
                letters.Select(letter => Convert.ToHexString(letter.Body.Span)), "the bytes of the dead letters");
            Expect.That(letters.All(letter => letter.ErrorClass == TransportReceiver.UnreadableErrorClass && letter.ErrorText.Length > 0),
                "A dead letter must say why it is unreadable.");
            Expect.Equal(strange.Length, letters.Select(letter => letter.MessageId).Distinct(StringComparer.Ordinal).Count());

            await PublishAsync(under, Message(under, "last"));
            Expect.Equal(new ReceiveResult(1, 0, 0), await desk.ReceiveAsync(under, Consumer, 1));
        }),
        new("An unreadable message is listed once, even if its acknowledgement was lost", async under =>
        {
            using var desk = new ReceivingDesk();
            await under.PublishAnythingAsync("lane", new TransportDelivery(under.Topic, "what is this"u8.ToArray(), ""));
            var crashing = desk.Receiver(under, Consumer, isUnheard: true);
            await using (crashing)
            {
                await Expect.ThrowsAsync<InjectedFaultException>(
                    () => WithinAsync(under, token => new ValueTask<ReceiveResult>(crashing.ReceiveOnceAsync(token))),
                    "The process dies before it acknowledges the message.");
            }

            Expect.Equal(new ReceiveResult(0, 0, 1), await desk.ReceiveAsync(under, Consumer, 1));
            Expect.Equal(1, (await desk.Letters.QueryAsync(new DeadLetterQuery { Name = Consumer })).Items.Count);
        }),
        new("A message from outbox to inbox takes effect once, and in order within a lane", async under =>
        {
            const int Orders = 20, Each = 5;
            using var desk = new ReceivingDesk();
            var outbox = new InMemoryOutboxStore(desk.Database);
            var sent = Enumerable.Range(0, Each).SelectMany(number => Enumerable.Range(0, Orders)
                .Select(
                    order => new OutboxMessage(
                        $"{order}:{number}", under.Topic, TenantId.Default, $"order-{order}", "test", "x"u8.ToArray()))).ToList();
            var unit = await desk.Database.BeginAsync();
            await using (unit)
            {
                outbox.Append(unit, sent);
                await unit.CommitAsync();
            }

            var options = new OutboxPumpOptions { Destination = under.Topic, MaxConcurrency = 8 };
            var pump = new OutboxPump(outbox, desk.Letters, new InMemoryDeliveryPauseStore(desk.Database), desk.Database,
                new(new TransportSink(under.Transport)), Options.Create(options));
            Expect.Equal(new PumpResult(Orders * Each, 0), await pump.PumpAllAsync());
            await desk.ReceiveAsync(under, Consumer, Orders * Each);
            var effects = await desk.HandleAsync(Consumer);
            Expect.Set(sent.Select(message => message.MessageId), effects, "the effects");
            foreach (var order in effects.GroupBy(id => id.Split(':')[0]))
            {
                Expect.Sequence(Numbers(Each), order.Select(id => id.Split(':')[1]), $"the order of the messages of order {order.Key}");
            }
        }),
    ];

    /// <summary>Runs one case on a transport that is opened for it.</summary>
    /// <exception cref="ArgumentException">There is no case with that name.</exception>
    /// <exception cref="SpecFailedException">The transport breaks the rule.</exception>
    public static async Task RunAsync(string name, Func<ValueTask<ITransportUnderTest>> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        var spec = Cases.FirstOrDefault(spec => spec.Name == name)
            ?? throw new ArgumentException($"{nameof(TransportSpec)} has no case '{name}'. Use a name from its Cases.", nameof(name));

        // Without the synchronization context of a test framework: cases await without ConfigureAwait.
        await Task.Run(async () =>
        {
            await using var transport = await open();
            await spec.RunAsync(transport);
        });
    }

    private static string[] Numbers(int count) =>
        [.. Enumerable.Range(0, count).Select(number => number.ToString(CultureInfo.InvariantCulture))];

    private static TransportMessage Message(ITransportUnderTest under, string body, string lane = "lane", string? id = null) =>
        new(id ?? body, under.Topic, TenantId.Default, lane, "test", System.Text.Encoding.UTF8.GetBytes(body));

    private static async Task PublishAsync(ITransportUnderTest under, params TransportMessage[] messages)
    {
        foreach (var message in messages)
        {
            await WithinAsync(under, async token =>
            {
                await under.Transport.PublishAsync(message, token);
                return true;
            });
        }
    }

    private static ValueTask<ITransportSubscription> SubscribeAsync(ITransportUnderTest under) =>
        under.Transport.SubscribeAsync(under.Topic);

    private static async Task<(ITransportSubscription Subscription, List<TransportDelivery> Received)> ReceiveAsync(
        ITransportUnderTest under, int count)
    {
        var subscription = await SubscribeAsync(under);
        try
        {
            return (subscription, await ReceiveAsync(under, subscription, count));
        }
        catch
        {
            await subscription.DisposeAsync();
            throw;
        }
    }

    private static async Task<List<TransportDelivery>> ReceiveAsync(
        ITransportUnderTest under, ITransportSubscription subscription, int count)
    {
        var received = new List<TransportDelivery>();
        while (received.Count < count)
        {
            received.AddRange(await WithinAsync(under, token => subscription.ReceiveAsync(count - received.Count, token)));
        }

        return received;
    }

    internal static async Task<T> WithinAsync<T>(ITransportUnderTest under, Func<CancellationToken, ValueTask<T>> act)
    {
        using var patience = new CancellationTokenSource(under.Patience, TimeProvider.System);
        try
        {
            return await act(patience.Token);
        }
        catch (OperationCanceledException e) when (patience.IsCancellationRequested)
        {
            throw new SpecFailedException($"Nothing arrived within {under.Patience}.", e);
        }
    }
}
