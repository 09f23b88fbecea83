using OrderKit.Core;

namespace OrderKit.Simulation;

/// <summary>Tells how one sale is paid: one trade, or two.</summary>
internal sealed class TradeStory(SimulatedSale sale, PaymentProvider provider, SimulatedRetailOptions options, SimulationRandom random)
{
    // How long a trade can be refunded is a matter of the contract; three months are usual.
    private static readonly TimeSpan Refundable = TimeSpan.FromDays(90);

    private readonly List<TradePlan> _trades = [];

    /// <summary>The buyer goes to pay.</summary>
    public IReadOnlyList<TradePlan> Tell(DateTimeOffset from, bool isPaid)
    {
        var fate = options.Faults.TradeFateOf(random.Unit());
        if (!isPaid || (fate is null && random.Chance(options.AbandonRate)))
        {
            Close(CheckoutOf(provider, sale.TradeNumber.Value), After(from, 5, 30, TimeSpan.FromMinutes(1)));
            return _trades;
        }

        var paidAt = After(from, 20, 1_500, TimeSpan.FromSeconds(1));
        var faults = new List<InjectedFault>();
        if (fate is { } fault and not SimulatedFault.PaidTwice)
        {
            faults.Add(new(fault, RetailTriggers.Captured));
        }

        if (fate == SimulatedFault.PaidAfterClose)
        {
            var closedAt = After(from, 30, 120, TimeSpan.FromMinutes(1));
            Close(CheckoutOf(provider, sale.TradeNumber.Value), closedAt);
            paidAt = After(closedAt, 10, 5_000, TimeSpan.FromSeconds(1));
        }

        Pay(paidAt, fate, faults);
        if (fate == SimulatedFault.PaidTwice)
        {
            PayAgain(After(paidAt, 1, 60, TimeSpan.FromMinutes(1)));
        }

        return _trades;
    }

    /// <summary>The buyer cancelled, so that the host closes the trade.</summary>
    public IReadOnlyList<TradePlan> TellClosed(DateTimeOffset at)
    {
        Close(CheckoutOf(provider, sale.TradeNumber.Value), After(at, 1, 20, TimeSpan.FromSeconds(1)));
        return _trades;
    }

    private void Pay(DateTimeOffset paidAt, SimulatedFault? fate, List<InjectedFault> faults)
    {
        var moved = fate == SimulatedFault.AmountWrong ? Another(sale.Amount) : sale.Amount;
        var refunds = RefundsOf(moved, paidAt);
        var checkout = CheckoutOf(provider, sale.TradeNumber.Value) with { Refunds = refunds };
        var trade = new TradeTruth(checkout, provider, provider.NewTradeNumber(random, paidAt), moved, paidAt, null, null, refunds, faults);
        var callbacks = new List<NotificationPlan>();
        var asides = new List<(DateTimeOffset, SimulatedNotification)>();
        if (fate != SimulatedFault.PaymentMissing)
        {
            var paid = Call(trade, TradeNews.Paid, provider.Paid, paidAt, moved);
            callbacks.Add(paid);
            Disturb(paid, fate, faults);
            TellAside(trade, fate, asides, faults);
        }

        foreach (var refund in refunds)
        {
            callbacks.Add(Call(trade, TradeNews.Refunded, trade.RawStatusOf(refund), refund.PaidAt, refund.Amount, refund.Number));
        }

        if (provider.Finished is { } finished && random.Chance(options.FinishedRate) && trade.Refunded != moved)
        {
            trade = trade with { FinishedAt = paidAt + Refundable };
            callbacks.Add(Call(trade, TradeNews.Finished, finished, paidAt + Refundable, null));
        }

        if (fate is null && callbacks.Count > 1 && random.Chance(options.Faults.OutOfOrder))
        {
            Overtake(callbacks[0], callbacks[1], faults);
        }

        _trades.Add(new TradePlan(trade, callbacks, asides));
    }

    /// <summary>The buyer pays once more: by the same page, or by that of another provider.</summary>
    private void PayAgain(DateTimeOffset paidAt)
    {
        var isSamePage = random.Chance(0.5);
        var by = isSamePage ? provider : random.Pick(options.Providers);
        var checkout = isSamePage ? _trades[^1].Truth.Checkout : CheckoutOf(by, sale.TradeNumber.Value + "-2");
        var faults = new List<InjectedFault> { new(SimulatedFault.PaidTwice, RetailTriggers.Captured) };
        var trade = new TradeTruth(checkout, by, by.NewTradeNumber(random, paidAt), sale.Amount, paidAt, null, null, [], faults);
        _trades.Add(new TradePlan(trade, [Call(trade, TradeNews.Paid, by.Paid, paidAt, sale.Amount)], []));
    }

    private void Close(SimulatedCheckout checkout, DateTimeOffset closedAt)
    {
        var trade = new TradeTruth(
            checkout, provider, provider.NewTradeNumber(random, closedAt), Money.Zero(sale.Amount.Currency), null, closedAt, null, [], []);
        _trades.Add(
            new TradePlan(trade, provider.TellsClosing ? [Call(trade, TradeNews.Closed, provider.Closed, closedAt, null)] : [], []));
    }

    private void Disturb(NotificationPlan paid, SimulatedFault? fate, List<InjectedFault> faults)
    {
        if (fate == SimulatedFault.AmountChanged)
        {
            // Of several sends one differs, so the answers before it were not heard; if it is the first one, the right ones follow it.
            var send = (int)random.Between(0, 2);
            paid.Changed = (send, Another(sale.Amount));
            paid.LostAnswers = Math.Max(send, 1);
        }

        if (random.Chance(options.Faults.AnswerLost))
        {
            paid.LostAnswers = Math.Max(paid.LostAnswers, (int)random.Between(1, 3));
            faults.Add(new(SimulatedFault.AnswerLost, RetailTriggers.Captured));
        }

        if (random.Chance(options.Faults.SentTwiceAtOnce))
        {
            paid.TwinAfter = TimeSpan.FromMilliseconds(random.Between(1, 40));
            faults.Add(new(SimulatedFault.SentTwiceAtOnce, RetailTriggers.Captured, paid.TwinAfter));
        }

        if (random.Chance(options.Faults.MessageRepeated))
        {
            var after = TimeSpan.Zero;
            var times = random.Between(1, 3);
            for (var n = 0; n < times; n++)
            {
                after += random.Between(TimeSpan.FromSeconds(5), TimeSpan.FromHours(2));
                paid.RepeatedAfter.Add(after);
            }

            faults.Add(new(SimulatedFault.MessageRepeated, RetailTriggers.Captured, after));
        }

        if (fate is null && random.Chance(options.Faults.CallbackLate))
        {
            var late = random.Between(TimeSpan.FromHours(1), TimeSpan.FromDays(3));
            paid.FirstAt += late;
            faults.Add(new(SimulatedFault.CallbackLate, RetailTriggers.Captured, late));
        }
    }

    private void TellAside(
        TradeTruth trade, SimulatedFault? fate, List<(DateTimeOffset, SimulatedNotification)> asides, List<InjectedFault> faults)
    {
        var paidAt = trade.PaidAt!.Value;
        if (random.Chance(options.BrowserReturnRate))
        {
            asides.Add((
                After(paidAt, 1, 8, TimeSpan.FromSeconds(1)),
                Say(trade, NotificationPath.BrowserReturn, TradeNews.Paid, provider.Paid, paidAt, trade.Moved)));
        }

        if (fate is null && random.Chance(options.Faults.ToldByAnotherPath))
        {
            var after = random.Between(TimeSpan.FromSeconds(30), TimeSpan.FromHours(2));
            asides.Add((paidAt + after, Say(trade, NotificationPath.Query, TradeNews.Paid, provider.Paid, paidAt, trade.Moved)));
            faults.Add(new(SimulatedFault.ToldByAnotherPath, RetailTriggers.Captured, after));
        }
    }

    private void Overtake(NotificationPlan first, NotificationPlan second, List<InjectedFault> faults)
    {
        var at = second.FirstAt + TimeSpan.FromSeconds(random.Between(1, 120));
        if (at > first.FirstAt)
        {
            faults.Add(new(SimulatedFault.OutOfOrder, RetailTriggers.Captured, at - first.FirstAt));
            first.FirstAt = at;
        }
    }

    private List<SimulatedRefund> RefundsOf(Money moved, DateTimeOffset paidAt)
    {
        var refunds = new List<SimulatedRefund>();
        var left = moved;
        foreach (var back in sale.Returns)
        {
            var refundedAt = After(back.At > paidAt ? back.At : paidAt, 1, 20, TimeSpan.FromHours(1));
            if (back.Amount <= left)
            {
                left -= back.Amount;
                refunds.Add(new SimulatedRefund($"RF-{back.Number}", back.Amount, refundedAt));
            }
        }

        return refunds;
    }

    private NotificationPlan Call(
        TradeTruth trade, TradeNews news, string rawStatus, DateTimeOffset at, Money? amount, string? refund = null) => new(
        Say(trade, NotificationPath.Callback, news, rawStatus, at, amount) with
        {
            TransportId = trade.Provider.NewNotificationId(random, at), RefundNumber = refund,
        },
        After(at, 1, 5, TimeSpan.FromSeconds(1)));

    private SimulatedCheckout CheckoutOf(PaymentProvider by, string merchantTradeNumber) =>
        new(options.SourcePrefix + by.Name, merchantTradeNumber, sale.Order, sale.Amount);

    /// <summary>A hundredth, as where somebody takes fen for yuan, or somewhat more.</summary>
    private Money Another(Money amount) =>
        random.Chance(0.5) && amount.MinorUnits >= 200
            ? new Money(amount.MinorUnits / 100, amount.Currency)
            : amount + new Money(random.Between(1, 500), amount.Currency);

    private DateTimeOffset After(DateTimeOffset from, long least, long most, TimeSpan unit) =>
        from + random.Between(least * unit, most * unit);

    internal static SimulatedNotification Say(
        TradeTruth trade, NotificationPath path, TradeNews news, string rawStatus, DateTimeOffset at, Money? amount) => new()
    {
        Source = trade.Checkout.Source,
        Provider = trade.Provider,
        Path = path,
        News = news,
        MerchantTradeNumber = trade.Checkout.MerchantTradeNumber,
        ProviderTradeNumber = trade.ProviderTradeNumber,
        RawStatus = rawStatus,
        Amount = amount,
        OccurredAt = at,
    };
}
