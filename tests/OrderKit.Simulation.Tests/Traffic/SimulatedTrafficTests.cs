using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OrderKit.Core;

namespace OrderKit.Simulation.Tests;

/// <summary>What holds of any traffic, whatever its seed.</summary>
public sealed class SimulatedTrafficTests
{
    private static readonly Arbitrary<int> Seeds = Gen.Choose(1, 999).ToArbitrary();

    private static readonly FaultRates ManyFaults = new()
    {
        PaymentMissing = 0.1, PaidAfterClose = 0.1, AmountChanged = 0.1, AmountWrong = 0.1, PaidTwice = 0.1, AnswerLost = 0.3, SentTwiceAtOnce = 0.3, MessageRepeated = 0.3,
        ToldByAnotherPath = 0.3, CallbackLate = 0.2, OutOfOrder = 0.5, OrderToldTwice = 0.3, TwoTabs = 0.3,
    };

    private static SimulatedRetailOptions Wild => new() { Faults = ManyFaults, ReturnRate = 0.4, SecondOrderRate = 0.1, RepeatRate = 0.1, ReorderRate = 0.1 };

    [Fact]
    public void A_seed_gives_the_same_traffic_on_every_machine() =>
        Assert.Equal("999e0d113dc2bd41d465c37fadda71c0a15e63bd829b6e7ea29c49234278c9be", Digest(Play(7, new SimulatedRetailOptions(), 300, Take)));

    [Theory]
    [InlineData("zh-CN")]
    [InlineData("tr-TR")]
    [InlineData("th-TH")]
    public void Traffic_speaks_the_same_in_every_culture(string culture)
    {
        var expected = Digest(Play(11, Wild, 60, Take));
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            Assert.Equal(expected, Digest(Play(11, Wild, 60, Take)));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void The_same_seed_and_the_same_answers_are_the_same_traffic() =>
        Prop.ForAll(Seeds, seed => Digest(Play(seed, Wild, 20, Moody)) == Digest(Play(seed, Wild, 20, Moody)) && Digest(Play(seed, Wild, 20, Take)) != Digest(Play(seed + 1, Wild, 20, Take)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Fact]
    public void What_happens_to_a_sale_does_not_depend_on_the_others()
    {
        var world = new SimulatedRetailWorld(3, Wild);
        var sales = world.Sales().Take(60).ToList();
        var among = Play(world.Open(sales), Take);

        foreach (var sale in sales)
        {
            var alone = Play(world.Open([sale]), Take);
            var orders = alone.Deliveries.OfType<SimulatedDelivery.Order>().Select(order => order.Message.Order).ToHashSet();
            var trades = alone.Traffic.Trades.Select(trade => trade.ProviderTradeNumber).ToHashSet(StringComparer.Ordinal);
            Assert.Equal(Lines(alone.Deliveries), Lines(among.Deliveries.Where(delivery => IsAbout(delivery, orders, trades))));
        }
    }

    [Fact]
    public void Deliveries_come_in_the_order_of_their_arrival() =>
        Prop.ForAll(Seeds, seed =>
        {
            var deliveries = Play(seed, Wild, 30, Moody).Deliveries;
            Assert.Equal(deliveries.Select(delivery => delivery.ArrivesAt).Order(), deliveries.Select(delivery => delivery.ArrivesAt));
            Assert.All(deliveries.OfType<SimulatedDelivery.Notification>(), delivery => Assert.True(delivery.Message.OccurredAt <= delivery.ArrivesAt));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Fact]
    public void Each_trade_is_in_the_truth_once_and_nothing_is_told_that_is_not_there() =>
        Prop.ForAll(Seeds, seed =>
        {
            var (traffic, deliveries) = Play(seed, Wild, 40, Take);
            var trades = traffic.Trades.ToDictionary(trade => trade.ProviderTradeNumber, StringComparer.Ordinal);
            var told = deliveries.OfType<SimulatedDelivery.Notification>().Select(delivery => delivery.Message).ToList();

            foreach (var message in told)
            {
                var trade = trades[message.ProviderTradeNumber];
                Assert.Equal(trade.Checkout.MerchantTradeNumber, message.MerchantTradeNumber);
                var isTrue = message.News switch
                {
                    TradeNews.Paid => trade.PaidAt == message.OccurredAt && (message.Amount == trade.Moved || trade.Has(SimulatedFault.AmountChanged)),
                    TradeNews.Refunded => trade.Refunds.Contains(new SimulatedRefund(message.RefundNumber!, message.Amount!.Value, message.OccurredAt)),
                    TradeNews.Closed => trade.ClosedAt == message.OccurredAt && trade.Moved.IsZero,
                    _ => trade.FinishedAt == message.OccurredAt && message.Amount is null,
                };
                Assert.True(isTrue, message.ToString());
            }

            // Told by callbacks, each with the amount of the truth at least once; where the callback is missing, a query knows.
            foreach (var trade in trades.Values)
            {
                Assert.Equal(trade.PaidAt is not null, !trade.Moved.IsZero);
                Assert.True(trade.Refunded <= trade.Moved);
                var paid = told.Where(m => m.ProviderTradeNumber == trade.ProviderTradeNumber && m.News == TradeNews.Paid).ToList();
                Assert.Equal(trade.PaidAt is not null && !trade.Has(SimulatedFault.PaymentMissing), paid.Exists(m => m.Amount == trade.Moved));
                var known = traffic.Ask(trade.Checkout.MerchantTradeNumber).Where(m => m.ProviderTradeNumber == trade.ProviderTradeNumber).ToList();
                Assert.Equal(trade.Moved.MinorUnits, known.Where(m => m.News == TradeNews.Paid).Sum(m => m.Amount!.Value.MinorUnits));
                Assert.Equal(trade.Refunded.MinorUnits, known.Where(m => m.News == TradeNews.Refunded).Sum(m => m.Amount!.Value.MinorUnits));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Fact]
    public void Nobody_pays_for_what_the_host_refused_and_who_is_told_that_it_was_taken_pays_once_unless_it_is_said() =>
        Prop.ForAll(Seeds, seed =>
        {
            var (traffic, _) = Play(seed, Wild, 40, Moody);
            var trades = traffic.Trades.ToLookup(trade => trade.Checkout.Order);
            foreach (var purchase in traffic.Purchases)
            {
                var paid = trades[purchase.Order.Order].Count(trade => trade.PaidAt is not null);
                var isTwice = trades[purchase.Order.Order].Any(trade => trade.Has(SimulatedFault.PaidTwice));
                Assert.InRange(paid, isTwice ? 2 : 0, !purchase.IsTaken || purchase.IsCancelled ? 0 : isTwice ? 2 : 1);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Theory]
    [InlineData(200, 1)]
    [InlineData(201, 1)]
    [InlineData(302, 4)]
    [InlineData(404, 1)]
    [InlineData(503, 4)]
    public void A_buyer_tries_three_times_more_where_an_order_is_neither_taken_nor_refused(int status, int tries)
    {
        var (_, deliveries) = Play(5, new() { Faults = Calm(new FaultRates { AnswerLost = 0, TwoTabs = 0 }).Faults, SecondOrderRate = 0, RepeatRate = 0, ReorderRate = 0 }, 10, (_, _) => SimulatedAnswer.Of(status, "success"));

        Assert.Equal(10 * tries, deliveries.OfType<SimulatedDelivery.Order>().Count());
    }

    [Fact]
    public void Who_is_never_acknowledged_sends_the_schedule_and_stops() =>
        Prop.ForAll(Seeds, seed =>
        {
            var (traffic, deliveries) = Play(seed, Calm(new FaultRates()), 20, (_, delivery) => delivery is SimulatedDelivery.Notification ? SimulatedAnswer.Of(500, "fail") : Ok);
            Assert.NotEmpty(traffic.Trades);
            foreach (var sends in CallbacksOf(deliveries))
            {
                var expected = Cumulate(sends[0].Message.Provider.Pauses);
                Assert.Equal(expected, sends.Select(send => send.ArrivesAt - sends[0].ArrivesAt));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Fact]
    public void Who_is_acknowledged_sends_once_and_after_a_lost_answer_goes_on_until_one_is_heard() =>
        Prop.ForAll(Seeds, seed =>
        {
            var (traffic, deliveries) = Play(seed, Calm(FaultRates.None with { AnswerLost = 0.5 }), 30, Take);
            foreach (var sends in CallbacksOf(deliveries))
            {
                var trade = traffic.Trades.Single(t => t.ProviderTradeNumber == sends[0].Message.ProviderTradeNumber);
                var mayLose = trade.Has(SimulatedFault.AnswerLost) && sends[0].Message.News == TradeNews.Paid;
                Assert.InRange(sends.Count, mayLose ? 2 : 1, mayLose ? 4 : 1);
            }

            // A lost answer to an order has the buyer press again, with the same submission.
            foreach (var purchase in traffic.Purchases)
            {
                var tries = deliveries.OfType<SimulatedDelivery.Order>().Where(order => order.Message.Order == purchase.Order.Order).ToList();
                Assert.Equal(purchase.Faults.Any(fault => fault.Kind == SimulatedFault.AnswerLost) ? 2 : 1, tries.Count);
                Assert.Single(tries.Select(order => order.Message).Distinct());
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Fact]
    public void The_traffics_faults_come_about_as_often_as_their_rates_say()
    {
        const int Sales = 6_000;
        var rates = new FaultRates() with { AmountChanged = 0.02, AmountWrong = 0.02, PaidTwice = 0.02, PaidAfterClose = 0.02, PaymentMissing = 0.02, TwoTabs = 0.04, OutOfOrder = 0.3 };
        var world = new SimulatedRetailWorld(9, new() { Faults = rates, OwnChannels = new SimulatedRetailOptions().Channels });
        var (traffic, _) = Play(world.Open(Sales), Take);

        foreach (var fault in (SimulatedFault[])[SimulatedFault.SentTwiceAtOnce, SimulatedFault.AnswerLost, SimulatedFault.AmountChanged, SimulatedFault.AmountWrong,
            SimulatedFault.PaidTwice, SimulatedFault.PaymentMissing, SimulatedFault.PaidAfterClose, SimulatedFault.MessageRepeated, SimulatedFault.CallbackLate, SimulatedFault.ToldByAnotherPath])
        {
            var happened = traffic.Trades.Where(trade => trade.Has(fault)).DistinctBy(trade => trade.Checkout.Order).Count() / (double)Sales;

            // A trade that is closed unpaid has no message to disturb; nothing is more frequent than noise allows.
            Assert.InRange(happened, 0.65 * rates.Of(fault), 1.3 * rates.Of(fault));
        }

        foreach (var fault in (SimulatedFault[])[SimulatedFault.OrderToldTwice, SimulatedFault.TwoTabs, SimulatedFault.AnswerLost])
        {
            Assert.InRange(traffic.Purchases.Count(purchase => purchase.Faults.Any(f => f.Kind == fault)) / (double)Sales, 0.8 * rates.Of(fault), 1.2 * rates.Of(fault));
        }

        foreach (var (kind, rate) in ((PurchaseKind, double)[])[(PurchaseKind.OtherArticles, 0.01), (PurchaseKind.Repeat, 0.02), (PurchaseKind.AfterCancel, 0.01)])
        {
            Assert.InRange(traffic.Purchases.Count(purchase => purchase.Kind == kind) / (double)Sales, 0.7 * rate, 1.3 * rate);
        }

        Assert.Contains(traffic.Trades, trade => trade.Has(SimulatedFault.OutOfOrder));
    }

    [Fact]
    public void Buyers_have_two_tabs_where_the_shop_is_the_hosts_own_only()
    {
        var (traffic, _) = Play(4, Wild, 400, Take);

        var duplicates = traffic.Purchases.Where(purchase => purchase.IsDuplicate).ToList();
        Assert.NotEmpty(duplicates);
        Assert.All(duplicates, purchase => Assert.Equal("WX", purchase.Order.Order.Order.Channel.Value));
        Assert.All(traffic.Purchases, purchase => Assert.Equal(purchase.Order.Order.Order.Channel.Value == "WX", purchase.Order.Cart is not null));
        foreach (var purchase in duplicates)
        {
            var first = traffic.Purchases.Single(p => p.Order.Order == purchase.Earlier);
            Assert.Equal((first.Order.Buyer, first.Order.Cart, first.Order.Amount, first.Order.Address), (purchase.Order.Buyer, purchase.Order.Cart, purchase.Order.Amount, purchase.Order.Address));
            Assert.Equal(first.Order.Lines, purchase.Order.Lines);
            Assert.InRange(purchase.Order.PlacedAt - first.Order.PlacedAt, TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(20));
        }
    }

    [Fact]
    public void Good_orders_are_told_apart_by_what_they_have_in_common_with_the_earlier_one()
    {
        var (traffic, _) = Play(6, Wild, 600, Take);

        foreach (var purchase in traffic.Purchases.Where(purchase => purchase.Earlier is not null && !purchase.IsDuplicate))
        {
            var first = traffic.Purchases.Single(p => p.Order.Order == purchase.Earlier);
            var apart = purchase.Order.PlacedAt - first.Order.PlacedAt;
            Assert.Equal((first.Order.Buyer, first.Order.Amount), (purchase.Order.Buyer, purchase.Order.Amount));
            Assert.NotEqual(first.Order.Number, purchase.Order.Number);
            switch (purchase.Kind)
            {
                case PurchaseKind.OtherArticles:
                    Assert.InRange(apart, TimeSpan.FromMinutes(1), TimeSpan.FromHours(2));
                    Assert.Empty(first.Order.Lines.Select(line => line.Sku).Intersect(purchase.Order.Lines.Select(line => line.Sku), StringComparer.Ordinal));
                    break;
                case PurchaseKind.Repeat:
                    Assert.InRange(apart, TimeSpan.FromDays(1), TimeSpan.FromDays(20));
                    Assert.Equal(first.Order.Lines, purchase.Order.Lines);
                    break;
                default:
                    Assert.True(first.IsCancelled);
                    Assert.InRange(apart, TimeSpan.FromSeconds(70), TimeSpan.FromMinutes(10));
                    Assert.Equal((first.Order.Cart, first.Order.Lines), (purchase.Order.Cart, purchase.Order.Lines));
                    break;
            }
        }
    }

    [Fact]
    public void A_callback_can_be_overtaken_by_the_refund_of_the_same_trade()
    {
        var (traffic, deliveries) = Play(8, Calm(FaultRates.None with { OutOfOrder = 1 }) with { ReturnRate = 1 }, 60, Take);
        var overtaken = traffic.Trades.Where(trade => trade.Has(SimulatedFault.OutOfOrder)).ToList();

        Assert.NotEmpty(overtaken);
        foreach (var trade in overtaken)
        {
            var news = deliveries.OfType<SimulatedDelivery.Notification>().Where(d => d.Message.ProviderTradeNumber == trade.ProviderTradeNumber).Select(d => d.Message.News).ToList();
            Assert.NotEqual(TradeNews.Paid, news[0]);
            Assert.Contains(TradeNews.Paid, news);
        }
    }

    [Fact]
    public async Task A_host_in_a_hurry_plays_it_with_a_callback()
    {
        var deliveries = new List<SimulatedDelivery>();
        var traffic = new SimulatedRetailWorld(7).Open(300);
        await traffic.RunAsync(delivery =>
        {
            deliveries.Add(delivery);
            return Task.FromResult<SimulatedAnswer?>(Ok);
        });

        Assert.Equal(Lines(Play(7, new SimulatedRetailOptions(), 300, Take).Deliveries), Lines(deliveries));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void A_rate_of_buyers_outside_of_zero_to_one_is_refused(double rate) =>
        Assert.Throws<ArgumentException>(() => new SimulatedRetailWorld(1, new() { RepeatRate = rate }));

    [Fact]
    public void A_world_without_providers_is_refused() => Assert.Throws<ArgumentException>(() => new SimulatedRetailWorld(1, new() { Providers = [] }));

    private static SimulatedAnswer Ok { get; } = SimulatedAnswer.Of(200, "success");

    private static SimulatedAnswer? Take(int step, SimulatedDelivery delivery) => Ok;

    /// <summary>Takes, refuses, fails and falls silent, by no rule that the world could know.</summary>
    private static SimulatedAnswer? Moody(int step, SimulatedDelivery delivery) => (step * 7 % 11) switch
    {
        0 => null,
        1 or 2 => SimulatedAnswer.Of(500, "fail"),
        3 when delivery is SimulatedDelivery.Order => SimulatedAnswer.Of(409),
        _ => Ok,
    };

    /// <summary>Callbacks and nothing beside them.</summary>
    private static SimulatedRetailOptions Calm(FaultRates faults) => new()
    {
        Faults = faults with { MessageRepeated = 0, SentTwiceAtOnce = 0, OrderToldTwice = 0, AmountChanged = 0 },
        BrowserReturnRate = 0,
        ReturnRate = 0.3,
    };

    private static (SimulatedTraffic Traffic, List<SimulatedDelivery> Deliveries) Play(long seed, SimulatedRetailOptions options, int sales, Func<int, SimulatedDelivery, SimulatedAnswer?> host) =>
        Play(new SimulatedRetailWorld(seed, options).Open(sales), host);

    private static (SimulatedTraffic Traffic, List<SimulatedDelivery> Deliveries) Play(SimulatedTraffic traffic, Func<int, SimulatedDelivery, SimulatedAnswer?> host)
    {
        var deliveries = new List<SimulatedDelivery>();
        while (traffic.Next() is { } delivery)
        {
            deliveries.Add(delivery);
            if (host(deliveries.Count, delivery) is { } answer)
            {
                traffic.Answer(delivery, answer);
            }
        }

        return (traffic, deliveries);
    }

    private static bool IsAbout(SimulatedDelivery delivery, HashSet<OrderKey> orders, HashSet<string> trades) => delivery switch
    {
        SimulatedDelivery.Order order => orders.Contains(order.Message.Order),
        SimulatedDelivery.Cancellation cancellation => orders.Contains(cancellation.Message.Order),
        SimulatedDelivery.Notification notification => trades.Contains(notification.Message.ProviderTradeNumber),
        _ => false,
    };

    private static IEnumerable<List<SimulatedDelivery.Notification>> CallbacksOf(IEnumerable<SimulatedDelivery> deliveries) =>
        deliveries.OfType<SimulatedDelivery.Notification>().Where(delivery => delivery.Message.Path == NotificationPath.Callback)
            .GroupBy(delivery => delivery.Message.TransportId, StringComparer.Ordinal).Select(group => group.ToList());

    private static List<TimeSpan> Cumulate(IReadOnlyList<TimeSpan> pauses)
    {
        var instants = new List<TimeSpan> { TimeSpan.Zero };
        foreach (var pause in pauses)
        {
            instants.Add(instants[^1] + pause);
        }

        return instants;
    }

    private static string Digest((SimulatedTraffic Traffic, List<SimulatedDelivery> Deliveries) played) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Lines(played.Deliveries)))));

    private static List<string> Lines(IEnumerable<SimulatedDelivery> deliveries) => [.. deliveries.Select(delivery => delivery switch
    {
        SimulatedDelivery.Notification { Message: var m } => string.Create(CultureInfo.InvariantCulture,
            $"{delivery.ArrivesAt:O}|{m.Source}|{m.Path}|{m.News}|{m.TransportId}|{m.MerchantTradeNumber}|{m.ProviderTradeNumber}|{m.RawStatus}|{m.RefundNumber}|{m.Amount}|{m.OccurredAt:O}"),
        SimulatedDelivery.Order { Message: var m } => string.Create(CultureInfo.InvariantCulture,
            $"{delivery.ArrivesAt:O}|{m.Source}|{m.Order}|{m.Number}|{m.SubmissionKey}|{m.Buyer}|{m.Cart}|{string.Join(',', m.Lines)}|{m.Address}|{m.IpAddress}|{m.Device}|{m.Amount}|{m.PaymentChannel}|{m.PlacedAt:O}"),
        SimulatedDelivery.Cancellation { Message: var m } => string.Create(CultureInfo.InvariantCulture, $"{delivery.ArrivesAt:O}|{m.Source}|{m.Order}|{m.Number}|{m.At:O}"),
        _ => throw new InvalidOperationException($"{delivery} is nothing that arrives."),
    })];
}
