using System.Globalization;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Idempotency;

namespace OrderKit.Sql.Tests;

/// <summary>What payment providers say at the same time, in one transaction of a database.</summary>
public abstract class GroupedNotificationTests
{
    private const string Effect = "effects";
    private static readonly Money Price = new(19_900, Currency.CNY);

    protected abstract Task<TestStore> OpenAsync();

    [Fact]
    public async Task Notifications_at_the_same_time_share_a_transaction()
    {
        await using var store = await OpenAsync();
        await using var desk = new Desk(store);

        var told = await Task.WhenAll(await desk.TogetherAsync(() => Enumerable.Range(0, 256).Select(i => desk.Gate.AcceptAsync(Paid(Name(i)))).ToList()));

        Assert.All(told, outcome => Assert.IsType<NotificationOutcome.Applied>(outcome));
        Assert.Equal(1 + 256, (await store.Outbox.BacklogAsync(Effect)).Count);
        Assert.Equal(1 + 1, desk.Units);
    }

    [Fact]
    public async Task Of_those_that_share_a_transaction_each_has_its_own_fate()
    {
        await using var store = await OpenAsync();
        await using var desk = new Desk(store);

        var requests = await desk.TogetherAsync(() =>
        {
            var all = Enumerable.Range(0, 40).ToDictionary(Name, i => desk.Gate.AcceptAsync(Paid(Name(i))));
            foreach (var odd in (string[])["no-document", "effect-fails", "document-fails", "other-amount"])
            {
                all.Add(odd, desk.Gate.AcceptAsync(Paid(odd)));
            }

            all.Add("again", desk.Gate.AcceptAsync(Paid(Name(7))));
            all.Add("queried", desk.Gate.AcceptAsync(Paid(Name(7)) with { TransportId = null }));
            all.Add("other content", desk.Gate.AcceptAsync(Paid(Name(7)) with { Amount = new Money(1, Currency.CNY) }));
            return all;
        });

        Assert.All(await Task.WhenAll(Enumerable.Range(0, 40).Select(i => requests[Name(i)])), outcome => Assert.IsType<NotificationOutcome.Applied>(outcome));
        Assert.Equal(AcknowledgementProtocol.Alipay.Taken, Assert.IsType<NotificationOutcome.Duplicate>(await requests["again"]).Acknowledgement);
        Assert.IsType<NotificationOutcome.Duplicate>(await requests["queried"]);
        Assert.Equal("content-differs", Assert.IsType<NotificationOutcome.Quarantined>(await requests["other content"]).Reason);
        Assert.Equal("unknown-trade", Assert.IsType<NotificationOutcome.Quarantined>(await requests["no-document"]).Reason);
        Assert.Equal("amount-differs", Assert.IsType<NotificationOutcome.Quarantined>(await requests["other-amount"]).Reason);
        await Assert.ThrowsAsync<DivideByZeroException>(() => requests["effect-fails"]);
        await Assert.ThrowsAsync<NotSupportedException>(() => requests["document-fails"]);
        Assert.Equal(1 + 40, (await store.Outbox.BacklogAsync(Effect)).Count);
        Assert.Equal(3, (await store.Quarantine.QueryAsync(new QuarantineQuery())).Items.Count);

        // Neither leaves a claim: both may come again.
        desk.IsHealed = true;
        Assert.IsType<NotificationOutcome.Applied>(await desk.Gate.AcceptAsync(Paid("effect-fails")));
        Assert.IsType<NotificationOutcome.Applied>(await desk.Gate.AcceptAsync(Paid("document-fails")));
    }

    private static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"M-{i}");

    private static NotificationFacts Paid(string number) => new()
    {
        Provider = "alipay",
        TransportId = "notify-" + number,
        MerchantTradeNumber = number,
        ProviderTradeNumber = "T-" + number,
        Kind = NotificationKind.Paid,
        RawStatus = "TRADE_SUCCESS",
        Amount = Price,
    };

    private sealed class Desk : IUnitOfWorkFactory, INotificationEffects, IAsyncDisposable
    {
        private readonly TestStore _store;
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ends = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Desk(TestStore store)
        {
            _store = store;
            var options = new NotificationOptions { SlowEffectBudget = TimeSpan.FromHours(1) };

            // Nothing in it takes time, so that a set is not begun before all of it is there.
            Gate = new NotificationGate(
                store.Operations, store.Quarantine, this, new ScopedService<INotificationEffects>(this), Options.Create(options), new FakeTimeProvider(DateTimeOffset.UnixEpoch));
        }

        public NotificationGate Gate { get; }

        public int Units { get; private set; }

        public bool IsHealed { get; set; }

        /// <summary>Keeps the writer busy while notifications come, so that all of them are gathered in one set.</summary>
        public async Task<T> TogetherAsync<T>(Func<T> request)
        {
            var holder = Gate.AcceptAsync(Paid("holder"));
            await _begun.Task;
            var requests = request();
            _ends.SetResult();
            await holder;
            return requests;
        }

        public ValueTask<UnitOfWork> BeginAsync(CancellationToken cancellationToken = default)
        {
            Units++;
            return _store.Units.BeginAsync(cancellationToken);
        }

        public async ValueTask<PaymentDocument?> FindDocumentAsync(UnitOfWork unitOfWork, NotificationFacts notification, CancellationToken cancellationToken)
        {
            if (notification.MerchantTradeNumber == "holder")
            {
                _begun.TrySetResult();
                await _ends.Task;
            }

            var expected = notification.MerchantTradeNumber == "other-amount" ? new Money(1, Currency.CNY) : Price;
            return notification.MerchantTradeNumber switch
            {
                "no-document" => null,
                "document-fails" when !IsHealed => throw new NotSupportedException("The document cannot be read."),
                var number => new PaymentDocument(number, expected, [new PaymentShare(Samples.Key(1), expected)], "alipay"),
            };
        }

        public async ValueTask<IReadOnlyList<NotificationEffectResult>> ApplyAsync(
            UnitOfWork unitOfWork, IReadOnlyList<NotificationEffect> effects, CancellationToken cancellationToken)
        {
            await _store.Outbox.AppendAsync(
                unitOfWork, [.. effects.Select(effect => effect.Document.MerchantTradeNumber).Select(number => new OutboxMessage(number, Effect, TenantId.Default, number, "paid", default))], cancellationToken);
            if (!IsHealed && effects.Any(effect => effect.Document.MerchantTradeNumber == "effect-fails"))
            {
                throw new DivideByZeroException();
            }

            return new NotificationEffectResult[effects.Count];
        }

        public ValueTask DisposeAsync() => Gate.DisposeAsync();
    }
}
