using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrderKit.Core;
using OrderKit.Core.Storage;

namespace OrderKit.Simulation.Tests;

public sealed class SimulatedWorldTests
{
    [Fact]
    public void A_seed_gives_the_same_first_thousand_facts_on_every_machine() =>
        Assert.Equal("2c73b68f8dd4c2ef26fe3e09aca0dca39bb0d05dc0cad503eb8bc85d48a176f6", Digest(7));

    [Fact]
    public void The_random_numbers_are_those_of_the_published_algorithm()
    {
        // The first outputs of xoshiro256** from the state 1, 2, 3, 4, as the authors' C code prints them.
        var random = new SimulationRandom(1, 2, 3, 4);

        Assert.Equal([11520UL, 0UL, 1509978240UL, 1215971899390074240UL], [random.Next(), random.Next(), random.Next(), random.Next()]);
    }

    [Theory]
    [InlineData("zh-CN")]
    [InlineData("tr-TR")]
    [InlineData("ar-SA")]
    public void A_world_speaks_the_same_in_every_culture(string culture)
    {
        var expected = Digest(11);
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            Assert.Equal(expected, Digest(11));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Another_seed_is_another_world() => Assert.NotEqual(Digest(7), Digest(8));

    [Fact]
    public void What_happens_to_an_order_does_not_depend_on_the_others()
    {
        var world = new SimulatedRetailWorld(3);
        var sale = world.Sales().Skip(40).First();

        var alone = new SimulatedRetailWorld(3).Follow(sale);
        var among = world.Run(60);

        Assert.Equal(
            Lines(alone.Messages),
            Lines(among.Messages.Where(m => IsAbout(m.Fact, sale, among) && m.Fact.Trigger != "placed")));
    }

    [Fact]
    public void Messages_arrive_in_order_and_name_their_order_once()
    {
        var run = new SimulatedRetailWorld(5).Run(500);

        Assert.Equal(run.Messages.Select(m => m.ArrivesAt).Order(), run.Messages.Select(m => m.ArrivesAt));
        Assert.All(run.Messages, m => Assert.True(m.Fact.Order is null != m.Fact.Reference is null));
        Assert.All(run.Messages, m => Assert.StartsWith("sim-", m.Fact.Source, StringComparison.Ordinal));
        Assert.All(run.Messages, m => Assert.Equal(TimeSpan.Zero, m.Fact.OccurredAt!.Value.Offset));
    }

    [Fact]
    public void Faults_come_about_as_often_as_their_rates_say()
    {
        const int Orders = 8_000;
        var run = new SimulatedRetailWorld(9).Run(Orders);
        var rates = new FaultRates();

        foreach (var fault in Enum.GetValues<SimulatedFault>().Where(fault => fault <= SimulatedFault.StatusOverwritten)) // the others are the traffic's
        {
            var happened = run.Truths.Count(t => t.Faults.Any(f => f.Kind == fault)) / (double)Orders;

            // What disturbs a delivery needs one to disturb, so it may be a little rarer; nothing is more frequent than noise allows.
            Assert.InRange(happened, (0.70 * rates.Of(fault)) - 0.001, (1.30 * rates.Of(fault)) + 0.001);
        }
    }

    [Fact]
    public void A_world_without_faults_has_none()
    {
        var run = new SimulatedRetailWorld(9, new() { Faults = FaultRates.None }).Run(500);

        Assert.All(run.Truths, t => Assert.Empty(t.Faults));
        Assert.All(run.Truths, t => Assert.Equal(t.Sale.Amount, t.Captured));
    }

    [Fact]
    public void The_truth_counts_each_payment_and_refund_once_however_often_it_was_told()
    {
        var run = new SimulatedRetailWorld(13).Run(2_000);
        var byTrade = run.Messages.Where(m => m.Fact.Reference?.Kind == ReferenceKind.Trade).ToLookup(m => m.Fact.Reference!.Value);

        foreach (var truth in run.Truths)
        {
            var told = byTrade[truth.Sale.TradeNumber].Select(m => m.Fact).DistinctBy(f => (f.Source, FactIdentity.Of(f))).ToList();
            Assert.Equal(truth.Captured.MinorUnits, told.Where(f => f.Trigger == "captured").Sum(f => f.Amount!.Value.MinorUnits));
            Assert.Equal(truth.Refunded.MinorUnits, told.Where(f => f.Trigger == "refund-paid").Sum(f => f.Amount!.Value.MinorUnits));
        }
    }

    [Fact]
    public void A_missing_message_is_missing()
    {
        var run = new SimulatedRetailWorld(21).Run(3_000);
        var triggers = run.Truths.ToDictionary(t => t, t => new SimulatedRetailWorld(21).Follow(t.Sale).Messages.Select(m => m.Fact.Trigger).ToHashSet());

        AssertMissing(SimulatedFault.PaymentMissing, "captured");
        AssertMissing(SimulatedFault.StockLockMissing, "stock-locked");
        AssertMissing(SimulatedFault.OutboundOrderMissing, "release");
        AssertMissing(SimulatedFault.CarrierScanMissing, "in-transit");

        void AssertMissing(SimulatedFault fault, string trigger)
        {
            var befallen = run.Truths.Where(t => t.Faults.Any(f => f.Kind == fault)).ToList();
            Assert.NotEmpty(befallen);
            Assert.All(befallen, t => Assert.DoesNotContain(trigger, triggers[t]));
        }
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    public void A_rate_outside_of_zero_to_one_is_refused(double rate) =>
        Assert.Throws<ArgumentException>(() => new SimulatedRetailWorld(1, new() { Faults = new() { ClockAhead = rate } }));

    [Fact]
    public void Fates_that_add_up_to_more_than_one_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => new SimulatedRetailWorld(1, new() { Faults = new() { PaidAfterClose = 0.6, ShippedUnpaid = 0.6 } }));
        Assert.Contains("add up", error.Message, StringComparison.Ordinal);
    }

    private static bool IsAbout(OrderFact fact, SimulatedSale sale, SimulatedRun run) =>
        fact.Order == sale.Order
        || fact.Reference == sale.TradeNumber
        || (fact.Reference is { } number && run.Messages.Any(m => m.Fact.Order == sale.Order && m.Fact.Links.Contains(number)));

    private static string Digest(long seed) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Lines(new SimulatedRetailWorld(seed).Run(120).Messages.Take(1_000))))));

    private static List<string> Lines(IEnumerable<SimulatedMessage> messages) =>
        [.. messages.Select(m => string.Create(CultureInfo.InvariantCulture,
            $"{m.ArrivesAt:O}|{m.Fact.Trigger}|{m.Fact.Source}|{m.Fact.Order}|{m.Fact.Reference}|{m.Fact.Id}|{m.Fact.Evidence}|{m.Fact.OccurredAt:O}|{m.Fact.Amount}|{m.Fact.Quantity}|{m.Fact.RawStatus}|{m.Fact.ReportedState}|{m.Fact.Operator}|{m.Fact.TraceId}|{m.Fact.ResponseCode}|{string.Join(',', m.Fact.Links)}"))];
}
