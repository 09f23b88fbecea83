using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Idempotency;
using OrderKit.Messaging;

namespace OrderKit.Tests.Intake;

/// <summary>Notifications that go into quarantine, and the people who are informed.</summary>
public sealed class QuarantineAlertTests : IPaymentDocuments, IAlertSink
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 2, 6, 4, 0, 0, TimeSpan.Zero));
    private readonly List<Alert> _alerts = [];

    string IAlertSink.Name => "desk";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_message_in_quarantine_is_told_once_however_often_it_comes(bool isWanted)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddSingleton<TimeProvider>(_clock).AddSingleton<IPaymentDocuments>(this);
        var builder = services.AddOrderKit().AddPaymentNotifications<QuarantineAlertTests>().UseInMemory();
        if (isWanted)
        {
            builder.AddAlerts(alerts => alerts.To(_ => this));
        }

        await using var provider = services.BuildServiceProvider();
        var gate = provider.GetRequiredService<NotificationGate>();
        for (var i = 0; i < 3; i++)
        {
            Assert.IsType<NotificationOutcome.Quarantined>(await gate.AcceptAsync(Paid()));
        }

        var notices = (await provider.GetRequiredService<IOutboxStore>().BacklogAsync(AlertNotice.Destination)).Count;
        Assert.Equal(isWanted ? 1 : 0, notices);
        if (isWanted)
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
            await provider.GetRequiredService<AlertPump>().PumpOnceAsync();
            var alert = Assert.Single(_alerts);
            Assert.Equal((AlertKinds.Quarantine, "alipay", "unknown-trade", 1), (alert.Kind, alert.Source, alert.Reason, alert.Count));
            Assert.DoesNotContain("13800138000", AlertText.BodyOf(alert), StringComparison.Ordinal);
        }
    }

    ValueTask<PaymentDocument?> IPaymentDocuments.FindAsync(
        UnitOfWork unitOfWork,
        TenantId tenant,
        string provider,
        string merchantTradeNumber,
        string? refundNumber,
        CancellationToken cancellationToken) => default;

    Task IAlertSink.SendAsync(Alert alert, CancellationToken cancellationToken)
    {
        _alerts.Add(alert);
        return Task.CompletedTask;
    }

    private static NotificationFacts Paid() => new()
    {
        Provider = "alipay",
        TransportId = "n-1",
        MerchantTradeNumber = "M-1",
        ProviderTradeNumber = "2026020622001",
        Kind = NotificationKind.Paid,
        RawStatus = "TRADE_SUCCESS",
        Amount = new Money(19_900, Currency.CNY),
        Raw = "buyer=Zhang San, 13800138000"u8.ToArray(),
    };
}
