using OrderKit.Core;

namespace OrderKit.Simulation.Tests;

/// <summary>When providers send again, against instants that were written down by hand from what they publish.</summary>
public sealed class ProviderScheduleTests
{
    private static readonly SimulatedAnswer Success = SimulatedAnswer.Of(200, "success");

    [Fact]
    public void Alipay_sends_eight_times_in_twenty_five_hours() => Assert.Equal(
        ["0:00:00", "0:04:00", "0:14:00", "0:24:00", "1:24:00", "3:24:00", "9:24:00", "1:0:24:00"],
        SendsOf(PaymentProvider.Alipay, static _ => SimulatedAnswer.Of(200, "fail")));

    [Fact]
    public void WeChat_Pay_sends_sixteen_times_in_twenty_four_hours_and_four_minutes() => Assert.Equal(
        [
            "0:00:00", "0:00:15", "0:00:30", "0:01:00", "0:04:00", "0:14:00", "0:34:00", "1:04:00", "1:34:00", "2:04:00", "3:04:00", "6:04:00", "9:04:00", "12:04:00",
            "18:04:00", "1:0:04:00",
        ],
        SendsOf(PaymentProvider.WeChatPay, static _ => SimulatedAnswer.Of(500)));

    [Fact]
    public void A_host_that_never_answers_hears_the_whole_schedule()
    {
        Assert.Equal(8, SendsOf(PaymentProvider.Alipay, static _ => null).Count);
        Assert.Equal(16, SendsOf(PaymentProvider.WeChatPay, static _ => null).Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(7)]
    public void Alipay_stops_at_the_send_that_is_acknowledged(int send) =>
        Assert.Equal(send + 1, SendsOf(PaymentProvider.Alipay, n => n == send ? Success : SimulatedAnswer.Of(500)).Count);

    [Theory]
    [InlineData(200, "success", true)]
    [InlineData(200, "SUCCESS", false)]
    [InlineData(200, "success\n", false)]
    [InlineData(200, "\uFEFFsuccess", false)]
    [InlineData(200, "<p>success</p>", false)]
    [InlineData(200, "", false)]
    [InlineData(302, "success", false)]
    public void Alipay_reads_the_body(int status, string body, bool isTaken) => Assert.Equal(isTaken, PaymentProvider.Alipay.IsAcknowledged(SimulatedAnswer.Of(status, body)));

    [Theory]
    [InlineData(200, "", true)]
    [InlineData(204, "", true)]
    [InlineData(200, """{"code":"FAIL"}""", true)]
    [InlineData(201, "success", false)]
    [InlineData(302, "", false)]
    [InlineData(400, "", false)]
    [InlineData(503, """{"code":"SUCCESS"}""", false)]
    public void WeChat_Pay_reads_the_status(int status, string body, bool isTaken) => Assert.Equal(isTaken, PaymentProvider.WeChatPay.IsAcknowledged(SimulatedAnswer.Of(status, body)));

    [Fact]
    public void An_answer_that_comes_when_the_next_send_is_out_is_not_heard()
    {
        // WeChat Pay waits for five seconds and sends again after fifteen: the slow worker's answer belongs to a call that is over.
        var traffic = World(PaymentProvider.WeChatPay).Open([Sale()]);
        Assert.True(TakeOrder(traffic));
        var first = Next(traffic);
        var second = Next(traffic);
        Assert.Equal(TimeSpan.FromSeconds(15), second.ArrivesAt - first.ArrivesAt);

        traffic.Answer(first, SimulatedAnswer.Of(200));
        var third = Next(traffic);
        traffic.Answer(third, SimulatedAnswer.Of(200));

        Assert.Equal(first.Message, third.Message);
        Assert.Null(traffic.Next());
    }

    [Fact]
    public void An_answer_is_given_once()
    {
        var traffic = World(PaymentProvider.Alipay).Open([Sale()]);
        var order = traffic.Next()!;
        traffic.Answer(order, SimulatedAnswer.Of(200));

        Assert.Throws<InvalidOperationException>(() => traffic.Answer(order, SimulatedAnswer.Of(200)));
    }

    [Fact]
    public void Two_nodes_get_one_notification_before_either_answers()
    {
        var traffic = World(PaymentProvider.Alipay, FaultRates.None with { SentTwiceAtOnce = 1 }).Open([Sale()]);
        Assert.True(TakeOrder(traffic));

        var together = traffic.NextTogether(TimeSpan.FromMilliseconds(50)).Cast<SimulatedDelivery.Notification>().ToList();

        Assert.Equal(2, together.Count);
        Assert.Equal(together[0].Message, together[1].Message);
        Assert.InRange(together[1].ArrivesAt - together[0].ArrivesAt, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(40));
        traffic.Answer(together[0], Success);
        Assert.Null(traffic.Next());
    }

    [Fact]
    public void A_refused_order_is_never_paid_and_one_without_an_answer_is_placed_again_a_few_times()
    {
        var refused = World(PaymentProvider.Alipay).Open([Sale()]);
        refused.Answer(refused.Next()!, SimulatedAnswer.Of(409));
        Assert.Null(refused.Next());
        Assert.Empty(refused.Trades);

        var silent = World(PaymentProvider.Alipay).Open([Sale()]);
        var tries = new List<SimulatedOrder>();
        while (silent.Next() is SimulatedDelivery.Order order)
        {
            tries.Add(order.Message);
        }

        Assert.Equal(4, tries.Count);
        Assert.Single(tries.Distinct());
        Assert.False(Assert.Single(silent.Purchases).IsTaken);
    }

    [Fact]
    public void Alipay_tells_of_success_a_part_that_goes_back_the_rest_that_goes_back_and_never_of_the_end_of_what_is_gone()
    {
        var paidBack = Sale() with { Returns = [new("1", new Money(900, Currency.CNY), 1, Sale().PlacedAt.AddDays(1)), new("2", new Money(19_000, Currency.CNY), 1, Sale().PlacedAt.AddDays(2))] };

        Assert.Equal(
            ["Paid TRADE_SUCCESS 19900 ", "Refunded TRADE_SUCCESS 900 RF-1", "Refunded TRADE_CLOSED 19000 RF-2"],
            NewsOf(PaymentProvider.Alipay, paidBack));
        Assert.Equal(
            ["Paid TRADE_SUCCESS 19900 ", "Refunded TRADE_SUCCESS 900 RF-1", "Finished TRADE_FINISHED  "],
            NewsOf(PaymentProvider.Alipay, paidBack with { Returns = [paidBack.Returns[0]] }));
        Assert.Equal(["Paid SUCCESS 19900 ", "Refunded SUCCESS 900 RF-1"], NewsOf(PaymentProvider.WeChatPay, paidBack with { Returns = [paidBack.Returns[0]] }));
    }

    [Fact]
    public void A_query_calls_a_paid_trade_by_what_is_left_of_it()
    {
        var sale = Sale() with { Returns = [new("1", new Money(900, Currency.CNY), 1, Sale().PlacedAt.AddDays(1)), new("2", new Money(19_000, Currency.CNY), 1, Sale().PlacedAt.AddDays(3))] };

        Assert.Equal(["TRADE_SUCCESS", "TRADE_SUCCESS", "TRADE_CLOSED"], QueriesOf(PaymentProvider.Alipay, sale));
        Assert.Equal(["SUCCESS", "REFUND", "REFUND"], QueriesOf(PaymentProvider.WeChatPay, sale));

        static List<string> QueriesOf(PaymentProvider provider, SimulatedSale sale)
        {
            var traffic = World(provider).Open([sale]);
            Assert.True(TakeOrder(traffic));
            var answers = new List<string>();
            while (traffic.Next() is { } delivery)
            {
                traffic.Answer(delivery, Success);
                answers.Add(traffic.Ask(sale.TradeNumber.Value).Single(answer => answer.News == TradeNews.Paid).RawStatus);
            }

            return answers;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_trade_that_is_closed_unpaid_is_told_by_Alipay_and_by_a_query(bool isAlipay)
    {
        var world = new SimulatedRetailWorld(3, new() { Faults = FaultRates.None, Providers = [isAlipay ? PaymentProvider.Alipay : PaymentProvider.WeChatPay], AbandonRate = 1, ReorderRate = 0 });
        var traffic = world.Open([Sale()]);
        Assert.True(TakeOrder(traffic));
        Assert.Empty(traffic.Ask("T-WX-W-1"));

        Assert.Equal(isAlipay, traffic.Next() is SimulatedDelivery.Notification { Message: { News: TradeNews.Closed, RawStatus: "TRADE_CLOSED", Amount: null } });

        Assert.Equal(isAlipay, traffic.Ask("T-WX-W-1") is [{ News: TradeNews.Closed, Path: NotificationPath.Query, TransportId: null }]);
        Assert.True(Assert.Single(traffic.Trades).Moved.IsZero);
    }

    private static List<string> NewsOf(PaymentProvider provider, SimulatedSale sale)
    {
        var traffic = new SimulatedRetailWorld(3, World(provider).Options with { FinishedRate = 1 }).Open([sale]);
        Assert.True(TakeOrder(traffic));
        var news = new List<string>();
        while (traffic.Next() is SimulatedDelivery.Notification { Message: var message } delivery)
        {
            traffic.Answer(delivery, Success);
            news.Add($"{message.News} {message.RawStatus} {message.Amount?.MinorUnits} {message.RefundNumber}");
        }

        return news;
    }

    private static List<string> SendsOf(PaymentProvider provider, Func<int, SimulatedAnswer?> host)
    {
        var traffic = World(provider).Open([Sale()]);
        Assert.True(TakeOrder(traffic));
        var sends = new List<SimulatedDelivery.Notification>();
        while (traffic.Next() is { } delivery)
        {
            sends.Add((SimulatedDelivery.Notification)delivery);
            if (host(sends.Count - 1) is { } answer)
            {
                traffic.Answer(delivery, answer);
            }
        }

        Assert.Single(sends.Select(send => send.Message).Distinct());
        return [.. sends.Select(send => (send.ArrivesAt - sends[0].ArrivesAt).ToString("g", System.Globalization.CultureInfo.InvariantCulture))];
    }

    private static bool TakeOrder(SimulatedTraffic traffic)
    {
        var order = Assert.IsType<SimulatedDelivery.Order>(traffic.Next());
        traffic.Answer(order, SimulatedAnswer.Of(200));
        return Assert.Single(traffic.Purchases).IsTaken;
    }

    private static SimulatedDelivery.Notification Next(SimulatedTraffic traffic) => Assert.IsType<SimulatedDelivery.Notification>(traffic.Next());

    /// <summary>One payment, and nothing else.</summary>
    private static SimulatedRetailWorld World(PaymentProvider provider, FaultRates? faults = null) => new(3, new()
    {
        Faults = faults ?? FaultRates.None,
        Providers = [provider],
        BrowserReturnRate = 0,
        AbandonRate = 0,
        FinishedRate = 0,
        SecondOrderRate = 0,
        RepeatRate = 0,
        ReorderRate = 0,
    });

    private static SimulatedSale Sale() => new(
        OrderKey.For(OrderId.Derive(new ChannelCode("WX"), "W-1")), "W-1", new Money(19_900, Currency.CNY), 2, new DateTimeOffset(2026, 2, 6, 1, 0, 0, TimeSpan.Zero));
}
