using System.Text;
using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Simulation.Tests;

/// <summary>Holds what the host wrote about money against the truth.</summary>
internal sealed class TrafficLedger(SimulatedTraffic traffic, TrafficShop shop)
{
    private readonly Dictionary<(string Trade, TradeNews News, string? Refund), (int Sends, bool IsAcknowledged)> _callbacks = [];

    /// <summary>What must hold after every step.</summary>
    public async Task CheckAsync(SimulatedDelivery delivery, SimulatedAnswer? answer)
    {
        var order = delivery switch
        {
            SimulatedDelivery.Order placed => placed.Message.Order,
            SimulatedDelivery.Cancellation cancellation => cancellation.Message.Order,
            SimulatedDelivery.Notification { Message: var notification } => traffic.FindCheckout(notification.MerchantTradeNumber)!.Order,
            _ => throw new InvalidOperationException($"{delivery} is nothing that arrives."),
        };
        var journal = await shop.Orders.FindAsync(order) is null ? [] : await shop.Orders.ReadJournalAsync(order);
        if (delivery is not SimulatedDelivery.Notification { Message: var message })
        {
            Assert.True(answer is not { Status: >= 200 and < 300 } || journal.Count > 0, $"{order} was said to be taken, and it is not there.");
            return;
        }

        var (captured, refunded) = await CountOnceAsync(order, journal);
        var isAcknowledged = answer is not null && message.Provider.IsAcknowledged(answer);
        if (message.Path == NotificationPath.Callback)
        {
            var (sends, before) = _callbacks.GetValueOrDefault(KeyOf(message));
            _callbacks[KeyOf(message)] = (sends + 1, before || isAcknowledged);
        }

        if (!isAcknowledged)
        {
            return;
        }

        var trade = traffic.Trades.Single(trade => trade.ProviderTradeNumber == message.ProviderTradeNumber);
        var isThere = message.News switch
        {
            TradeNews.Paid when message.Amount != trade.Checkout.Asked => await IsQuarantinedAsync(message),
            TradeNews.Paid => captured.Contains(message.ProviderTradeNumber),
            TradeNews.Refunded => refunded.Contains(message.RefundNumber!),
            TradeNews.Closed => journal.Any(row => row.Trigger == "payment-closed" && row.Evidence == message.ProviderTradeNumber),
            _ => true,
        };
        Assert.True(isThere, $"{message} was acknowledged, and nothing durable says so.");
    }

    /// <summary>What must hold when nothing follows any more.</summary>
    /// <param name="isAsked">Whether the host asked its providers after the last callback; what was never told is known then too.</param>
    public async Task CheckAllAsync(bool isAsked)
    {
        foreach (var trades in traffic.Trades.GroupBy(trade => trade.Checkout.Order))
        {
            var journal = await shop.Orders.ReadJournalAsync(trades.Key);
            var (captured, refunded) = await CountOnceAsync(trades.Key, journal);
            var expected = trades.Where(trade => trade.PaidAt is not null && trade.Moved == trade.Checkout.Asked).ToList();
            Assert.True(captured.IsSubsetOf(expected.Select(trade => trade.ProviderTradeNumber)));
            foreach (var missing in expected.Where(trade => !captured.Contains(trade.ProviderTradeNumber)))
            {
                Assert.True(!isAsked && (IsUntold(missing) || await IsLostToAnotherAmountAsync(missing)), $"{missing} has no effect.");
            }

            foreach (var missing in trades.SelectMany(trade => trade.Refunds, (trade, refund) => (Trade: trade, Refund: refund)).Where(back => !refunded.Contains(back.Refund.Number)))
            {
                Assert.True(!isAsked && HasGivenUp(missing.Trade, TradeNews.Refunded, missing.Refund.Number), $"{missing.Refund} of {missing.Trade} has no effect.");
            }

            foreach (var trade in trades.Where(trade => trade.PaidAt is not null && trade.Moved != trade.Checkout.Asked))
            {
                Assert.True(await IsQuarantinedAsync(trade), $"{trade} moved another amount than was asked for, and nobody will hear of it.");
            }

            if (refunded.Count == 0)
            {
                var cases = (await shop.Cases.QueryAsync(new CaseQuery { Order = trades.Key })).Items.Select(item => item.Code).ToList();
                Assert.True(captured.Count < 2 || cases.Contains("duplicate-charge"), $"{trades.Key} was paid twice, and no case is open.");
                Assert.True(!IsPaidAfterClose(journal) || cases.Contains("paid-after-close"), $"{trades.Key} was paid after it was closed, and no case is open.");
            }
        }
    }

    /// <summary>No movement of money is counted twice, none that did not happen, and the sums say the same as the rows.</summary>
    private async Task<(HashSet<string> Captured, HashSet<string> Refunded)> CountOnceAsync(OrderKey order, IReadOnlyList<JournalEntry> journal)
    {
        var captured = new HashSet<string>(StringComparer.Ordinal);
        var refunded = new HashSet<string>(StringComparer.Ordinal);
        var (moneyIn, moneyBack) = (0L, 0L);
        var trades = traffic.Trades.Where(trade => trade.Checkout.Order == order).ToList();
        foreach (var row in journal)
        {
            switch (row.Trigger)
            {
                case "captured":
                    Assert.True(captured.Add(row.Evidence!), $"{row.Evidence} is counted twice.");
                    var trade = trades.Single(trade => trade.ProviderTradeNumber == row.Evidence);
                    Assert.True(trade.PaidAt <= traffic.Now);
                    Assert.Equal(trade.Moved.MinorUnits, row.Amount);
                    moneyIn += row.Amount!.Value;
                    break;
                case "refund-paid":
                    Assert.True(refunded.Add(row.Evidence!), $"{row.Evidence} is counted twice.");
                    var refund = trades.SelectMany(trade => trade.Refunds).Single(refund => refund.Number == row.Evidence);
                    Assert.True(refund.PaidAt <= traffic.Now);
                    Assert.Equal(refund.Amount.MinorUnits, row.Amount);
                    moneyBack += row.Amount!.Value;
                    break;
            }
        }

        if (journal.Count > 0)
        {
            var counters = (await shop.Orders.FindAsync(order))!.Snapshot.Counters;
            Assert.Equal((moneyIn, moneyBack), (counters.Captured, counters.Refunded));
        }

        return (captured, refunded);
    }

    private bool IsUntold(TradeTruth trade) => trade.Has(SimulatedFault.PaymentMissing) || HasGivenUp(trade, TradeNews.Paid, null);

    /// <summary>Whether each send of a callback met a host that crashed, so that the provider gave up.</summary>
    private bool HasGivenUp(TradeTruth trade, TradeNews news, string? refund)
    {
        var (sends, isAcknowledged) = _callbacks.GetValueOrDefault((trade.ProviderTradeNumber, news, refund));
        return sends > trade.Provider.Pauses.Count && !isAcknowledged;
    }

    /// <summary>Whether crashes took the right messages, and the wrong one after them was kept, acknowledged, and ended the sends.</summary>
    private async Task<bool> IsLostToAnotherAmountAsync(TradeTruth trade) => trade.Has(SimulatedFault.AmountChanged) && await IsQuarantinedAsync(trade);

    private static (string, TradeNews, string?) KeyOf(SimulatedNotification message) => (message.ProviderTradeNumber, message.News, message.RefundNumber);

    private static bool IsPaidAfterClose(IReadOnlyList<JournalEntry> journal) =>
        journal.SkipWhile(static row => row.Trigger != "payment-closed").Any(static row => row.Trigger == "captured");

    private async Task<bool> IsQuarantinedAsync(SimulatedNotification message)
    {
        var id = (message.TransportId ?? $"{message.MerchantTradeNumber}|{message.ProviderTradeNumber}|") + (message.TransportId is null ? "" : "#");
        return (await QuarantineAsync(message.Source)).Exists(row => row.MessageId.StartsWith(id, StringComparison.Ordinal) && row.Detail.Length > 0);
    }

    private async Task<bool> IsQuarantinedAsync(TradeTruth trade)
    {
        var number = Encoding.UTF8.GetBytes(trade.ProviderTradeNumber);
        return (await QuarantineAsync(trade.Checkout.Source)).Exists(row => row.Reason is "amount-differs" or "content-differs" && row.Content.Span.IndexOf(number) >= 0);
    }

    private async Task<List<QuarantinedMessage>> QuarantineAsync(string source) =>
        [.. (await shop.Quarantine.QueryAsync(new QuarantineQuery { Source = source, PageSize = 1_000 })).Items];
}
