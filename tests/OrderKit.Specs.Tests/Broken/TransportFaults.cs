using System.Collections.Concurrent;
using OrderKit.Messaging;

namespace OrderKit.Specs.Tests;

/// <summary>Broken transports, and the rules that find them.</summary>
internal static class TransportFaults
{
    public static IReadOnlyList<(string Name, Action<BrokenTransport> Break, string[] FoundBy)> All { get; } =
    [
        ("Bodies are text", broken => Sent(broken, message => message with { Body = System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(message.Body.Span)) }),
            ["A message is received as it was published"]),
        ("The tenant is lost", broken => Came(broken, delivery => delivery with { Tenant = null }),
            ["A message is received as it was published", "A message from outbox to inbox takes effect once, and in order within a lane"]),
        ("A batch is handed over in a wrong order", broken => broken.Receive = async (inner, max, token) => [.. (await inner.ReceiveAsync(max, token)).Reverse()],
            ["Messages of one lane come in the order published"]),
        ("A message is lost now and then", broken =>
        {
            var count = 0;
            broken.Publish = (inner, message, token) => Interlocked.Increment(ref count) % 50 == 0 ? Task.CompletedTask : inner.PublishAsync(message, token);
        },
            ["All messages of concurrent publishers arrive"]),
        ("All there is is handed over", broken => broken.Receive = (inner, _, token) => inner.ReceiveAsync(int.MaxValue, token),
            ["No more messages are received than requested"]),
        ("What is handed over is acknowledged", broken => broken.Receive = async (inner, max, token) =>
        {
            var received = await inner.ReceiveAsync(max, token);
            await inner.AcknowledgeAsync(received, token);
            return received;
        },
            [
                "Unacknowledged messages are delivered again in their order after the subscription ends",
                "Returned messages are delivered again in their order",
                "A message is acknowledged only after the commit",
                "A rejected message is set aside, and other messages arrive",
                "A redelivery is recognised by the inbox",
                "An unreadable message is listed once, even if its acknowledgement was lost",
            ]),
        ("What comes again does not say so", broken => Came(broken, delivery => delivery with { IsRedelivered = false }),
            [
                "Unacknowledged messages are delivered again in their order after the subscription ends",
                "An unreadable message is listed once, even if its acknowledgement was lost",
            ]),
        ("Acknowledgements are not heard", broken => broken.Acknowledge = (_, _) => ValueTask.CompletedTask,
            ["An acknowledged message is not delivered again", "A receiver whose store failed keeps its messages and retries"]),
        ("A message that comes again has a new id", broken => Came(broken, delivery => delivery.IsRedelivered ? delivery with { MessageId = delivery.MessageId + "'" } : delivery),
            ["A redelivery is recognised by the inbox"]),
        ("What is given back is forgotten", broken =>
        {
            var held = new ConcurrentBag<TransportDelivery>();
            broken.Receive = async (inner, max, token) =>
            {
                var received = await inner.ReceiveAsync(max, token);
                foreach (var delivery in received)
                {
                    held.Add(delivery);
                }

                return received;
            };
            broken.Return = inner => inner.AcknowledgeAsync([.. held]);
        },
            ["Returned messages are delivered again in their order"]),
        ("What is rejected comes again", broken => broken.Reject = (inner, _) => inner.ReturnAsync(),
            ["A rejected message is set aside, and other messages arrive"]),
        ("A second subscription shares the first one's lanes", broken =>
        {
            ITransportSubscription? first = null;
            broken.Subscribe = async (inner, topic) => first ??= await inner.SubscribeAsync(topic);
        },
            ["A second subscription takes a lane over only after the first one ends"]),
        ("A message for nobody is taken", broken => broken.Publish = async (inner, message, token) =>
        {
            try
            {
                await inner.PublishAsync(message, token);
            }
            catch (UnroutableMessageException)
            {
            }
        },
            ["A topic that was not declared is refused"]),
        ("A message that cannot be carried is taken", broken => broken.Publish = async (inner, message, token) =>
        {
            try
            {
                await inner.PublishAsync(message, token);
            }
            catch (ArgumentException)
            {
            }
        },
            ["A message that the transport cannot carry is refused when it is published"]),
        ("A cancelled wait takes a message along", broken => broken.Receive = async (inner, max, token) =>
        {
            try
            {
                return await inner.ReceiveAsync(max, token);
            }
            catch (OperationCanceledException)
            {
                _ = inner.ReceiveAsync(1, CancellationToken.None).AsTask();
                throw;
            }
        },
            ["A cancelled wait loses nothing"]),
        ("A message that cannot be read is thrown away", broken => broken.Receive = async (inner, max, token) =>
        {
            while (true)
            {
                var received = await inner.ReceiveAsync(max, token);
                var strange = received.Where(delivery => !delivery.TryRead(out _, out _)).ToList();
                await inner.AcknowledgeAsync(strange, token);
                if (received.Count > strange.Count)
                {
                    return [.. received.Except(strange)];
                }
            }
        },
            ["An unreadable message becomes a dead letter, and other messages are accepted"]),
    ];

    private static void Sent(BrokenTransport broken, Func<TransportMessage, TransportMessage> change) =>
        broken.Publish = (inner, message, token) => inner.PublishAsync(change(message), token);

    private static void Came(BrokenTransport broken, Func<TransportDelivery, TransportDelivery> change) =>
        broken.Receive = async (inner, max, token) => [.. (await inner.ReceiveAsync(max, token)).Select(change)];
}
