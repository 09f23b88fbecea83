using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Messaging.Storage;

namespace OrderKit.Messaging.Tests;

/// <summary>The code that the documentation shows; a test holds the two together.</summary>
public sealed class MessagingSnippets
{
    [Fact]
    public async Task A_notification_that_comes_twice_takes_effect_once()
    {
        #region inbox
        var services = new ServiceCollection().AddLogging();
        services.AddOrderKit().AddInboxHandler<PaymentHandler>().UseInMemory();
        await using var provider = services.BuildServiceProvider();
        var inbox = provider.GetRequiredService<Inbox>();

        var message = new InboxMessage("2026020622001", "payments", TenantId.Default, Lane: "order-1", Type: "alipay.notify", Body: "…"u8.ToArray());
        var first = await inbox.AcceptAsync([message]);     // Accepted: now the provider may be answered "success"
        var again = await inbox.AcceptAsync([message]);     // Duplicate: answer "success" again, nothing was written

        await provider.GetRequiredService<InboxPump>().PumpAllAsync();   // a host does this by itself
        #endregion

        Assert.Equal([InboxReceipt.Accepted], first);
        Assert.Equal([InboxReceipt.Duplicate], again);
        Assert.Equal(1, (await provider.GetRequiredService<IOutboxStore>().BacklogAsync("accounting")).Count);
    }

    [Fact]
    public async Task Dead_letters_are_found_tried_and_sent_on_their_way_again()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddOrderKit().UseInMemory();
        await using var provider = services.BuildServiceProvider();

        #region dead-letters
        var letters = provider.GetRequiredService<DeadLetters>();
        var timeouts = new DeadLetterQuery { Flow = MessageFlow.Outbox, Name = "events", ErrorClass = "TimeoutException" };
        foreach (var letter in (await letters.QueryAsync(timeouts)).Items)
        {
            Console.WriteLine($"{letter.Number} {letter.Lane} {letter.MessageId}: {letter.ErrorText} ({letter.Attempts} attempts since {letter.FirstAt:u})");
        }

        var would = await letters.RedriveAsync(timeouts, new RedriveOptions { By = "li", IsDryRun = true });
        var did = await letters.RedriveAsync(timeouts, new RedriveOptions { By = "li", Note = "The partner is back.", PerSecond = 20 });
        #endregion

        Assert.Equal(would.Matched, did.Redriven);
    }

    [Fact]
    public async Task A_destination_is_paused_for_all_processes_and_lag_needs_no_threshold()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddOrderKit().UseInMemory();
        await using var provider = services.BuildServiceProvider();

        #region lag
        await provider.GetRequiredService<IDeliveryPauseStore>().PauseAsync(MessageFlow.Outbox, "events", by: "li", reason: "maintenance");

        var lag = await provider.GetRequiredService<LagMonitor>().SampleAsync();      // every 30 seconds, from a health check or a timer
        var alarms = lag.Where(l => l.Verdict is LagVerdict.FallingBehind or LagVerdict.Stalled or LagVerdict.Stopped);
        #endregion

        Assert.Empty(alarms);
        Assert.Single(lag);
    }

    #region handler
    private sealed class PaymentHandler(IOutboxStore outbox) : IInboxHandler
    {
        public string Consumer => "payments";

        public async Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken)
        {
            // Everything goes into the unit of work: the effect, what is to be told to others, and the mark that the message is done.
            var told = new OutboxMessage(delivery.Message.MessageId, "accounting", delivery.Message.Tenant, delivery.Message.Lane, "paid", delivery.Message.Body);
            await outbox.AppendAsync(unitOfWork, [told], cancellationToken);
        }
    }
    #endregion
}
