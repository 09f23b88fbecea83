using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using OrderKit.Core;

namespace OrderKit.Idempotency.Tests;

/// <summary>The amount rule on a history of a marketplace: what repeats an amount in good faith goes on with a label.</summary>
public sealed class AmountRuleTests
{
    // In the columns of a marketplace's export: order, customer, purchase timestamp, status, total, articles.
    private const string Export = """
        a1,c1,2017-07-09 21:57:05,delivered,214.32,p1
        a2,c1,2017-07-09 21:57:06,delivered,214.32,p1
        b1,c2,2017-07-10 08:00:00,shipped,150.89,p2
        b2,c2,2017-07-10 08:00:00,shipped,150.89,p3
        d1,c3,2017-07-11 10:00:00,delivered,18.37,p4
        d2,c3,2017-07-11 11:59:59,delivered,18.37,p5
        e1,c4,2017-07-12 10:00:00,delivered,59.69,p6
        e2,c4,2017-07-12 12:00:00,delivered,59.69,p6
        f1,c5,2017-07-13 10:00:00,delivered,59.69,p6
        f2,c5,2017-07-13 10:00:01,delivered,59.70,p6
        g1,c6,2017-07-14 10:00:00,unavailable,0.00,
        g2,c6,2017-07-14 10:00:01,unavailable,0.00,
        h1,c7,2017-07-15 10:00:00,delivered,71.14,p7
        h2,c8,2017-07-15 10:00:00,delivered,71.14,p7
        """;

    [Fact]
    public async Task A_history_is_labelled_where_one_customer_repeats_a_total_within_two_hours()
    {
        await using var shop = new DuplicateShop();
        var labelled = new List<string>();
        foreach (var fields in Export.ReplaceLineEndings("\n").Split('\n').Select(line => line.Split(',')))
        {
            var verdict = await shop.CheckAsync(new OrderCandidate
            {
                Order = OrderKey.For(OrderId.Derive(new ChannelCode("OLIST"), fields[0])),
                Buyer = fields[1],
                PlacedAt = DateTimeOffset.ParseExact(fields[2], "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
                Amount = Money.FromMajor(decimal.Parse(fields[4], CultureInfo.InvariantCulture), Currency.BRL),
                Lines = fields[5].Length == 0 ? [] : [new CandidateLine(fields[5], 1)],
                PaymentChannel = "credit_card",
            });
            Assert.True(verdict is DuplicateVerdict.Accept or DuplicateVerdict.Label, $"{fields[0]} is {verdict}.");
            if (verdict is DuplicateVerdict.Label)
            {
                labelled.Add(fields[0]);
            }
        }

        // b2 and d2 are good orders of other articles: a hold would have made two parcels late for nothing.
        Assert.Equal(["a2", "b2", "d2"], labelled);
        var day = new DateTimeOffset(2017, 7, 10, 0, 0, 0, TimeSpan.Zero);
        var pair = Assert.Single((await shop.Review.QueryAsync(new DuplicateOrderQuery
        {
            PaymentChannel = "credit_card",
            Amount = Money.FromMajor(150.89m, Currency.BRL),
            From = day,
            Before = day.AddDays(1),
        })).Items);
        Assert.Equal((OrderId.Derive(new ChannelCode("OLIST"), "b2"), OrderId.Derive(new ChannelCode("OLIST"), "b1"), TimeSpan.Zero), (pair.Order.Order, pair.Earlier.Order, pair.Apart));
    }

    [Fact]
    public void Any_sequence_of_orders_is_labelled_where_the_one_before_is_nearer_than_the_window() =>
        Prop.ForAll(Gen.Choose(0, 4 * 60).ArrayOf().ToArbitrary(), minutesApart => RunAsync(minutesApart).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    private static async Task RunAsync(int[] minutesApart)
    {
        await using var shop = new DuplicateShop();
        var at = DuplicateShop.Start;
        for (var i = 0; i < minutesApart.Length; i++)
        {
            at = at.AddMinutes(minutesApart[i]);
            var verdict = await shop.CheckAsync(new OrderCandidate
            {
                Order = DuplicateShop.Key(i), Buyer = "buyer-7", Amount = new Money(100, Currency.CNY), PlacedAt = at,
            });

            Assert.Equal(i > 0 && minutesApart[i] < 120, verdict is DuplicateVerdict.Label { Apart.TotalMinutes: var apart } && apart == minutesApart[i]);
        }
    }
}
