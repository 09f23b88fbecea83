namespace OrderKit.Simulation.Tests;

/// <summary>Buyers and providers against gate, intake and lifecycle, in memory: what must be true after every step, whatever they do and wherever the host crashes.</summary>
public sealed class TrafficThroughTheEnginesTests
{
    private const int Sales = 150;

    private static readonly FaultRates ManyFaults = new()
    {
        PaymentMissing = 0.05, PaidAfterClose = 0.05, AmountChanged = 0.10, AmountWrong = 0.05, PaidTwice = 0.10, AnswerLost = 0.20, SentTwiceAtOnce = 0.20,
        MessageRepeated = 0.20, ToldByAnotherPath = 0.20, CallbackLate = 0.10, OutOfOrder = 0.50, OrderToldTwice = 0.20, TwoTabs = 0.20,
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Every_movement_of_money_counts_once_after_every_step(long seed)
    {
        var crashes = Crashes.None;
        var traffic = TrafficOf(seed);
        await using var shop = new TrafficShop(traffic, crashes, findsDuplicates: false);
        var ledger = new TrafficLedger(traffic, shop);

        await PlayAsync(traffic, shop, ledger);

        await ledger.CheckAllAsync(isAsked: false);
        await ReconcileAsync(traffic, shop);
        await ledger.CheckAllAsync(isAsked: true);
    }

    [Fact]
    public async Task More_seeds_find_nothing_else()
    {
        for (var seed = 100; seed < (Environment.GetEnvironmentVariable("ORDERKIT_LONG") == "1" ? 900 : 105); seed++)
        {
            try
            {
                await It_counts_once_too_where_the_host_crashes_before_and_after_any_call_of_a_store(seed, 0.05);
            }
            catch (Xunit.Sdk.XunitException e)
            {
                Assert.Fail($"Seed {seed}: {e.Message}");
            }
        }
    }

    [Theory]
    [InlineData(11, 0.02)]
    [InlineData(12, 0.02)]
    [InlineData(13, 0.05)]
    [InlineData(14, 0.10)]
    [InlineData(15, 0.20)]
    [InlineData(427, 0.05)] // each of the eight sends of a refund met a crash
    public async Task It_counts_once_too_where_the_host_crashes_before_and_after_any_call_of_a_store(long seed, double rate)
    {
        var crashes = new Crashes(seed, rate);
        var traffic = TrafficOf(seed);
        await using var shop = new TrafficShop(traffic, crashes, findsDuplicates: false);
        var ledger = new TrafficLedger(traffic, shop);

        await PlayAsync(traffic, shop, ledger);

        Assert.True(crashes.Count > Sales * 10 * rate, $"Only {crashes.Count} crashes: the points are not where the host goes.");
        crashes.IsArmed = false;
        await ledger.CheckAllAsync(isAsked: false);
        await ReconcileAsync(traffic, shop);
        await ledger.CheckAllAsync(isAsked: true);
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public async Task Two_nodes_that_hear_the_same_within_milliseconds_count_it_once(long seed)
    {
        var traffic = TrafficOf(seed, ManyFaults with { SentTwiceAtOnce = 0.9, TwoTabs = 0.5 });
        await using var shop = new TrafficShop(traffic, Crashes.None, findsDuplicates: true);
        var ledger = new TrafficLedger(traffic, shop);
        var most = 0;

        while (traffic.NextTogether(TimeSpan.FromMilliseconds(50)) is { Count: > 0 } together)
        {
            most = Math.Max(most, together.Count);
            shop.Clock.SetUtcNow(traffic.Now);
            var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var nodes = together.Select(delivery => Task.Run(async () =>
            {
                await gate.Task;
                return await shop.TakeAsync(delivery);
            })).ToList();
            gate.SetResult();
            var answers = await Task.WhenAll(nodes);
            for (var i = 0; i < together.Count; i++)
            {
                traffic.Answer(together[i], answers[i]!);
                await ledger.CheckAsync(together[i], answers[i]);
            }
        }

        Assert.True(most > 1);
        await ReconcileAsync(traffic, shop);
        await ledger.CheckAllAsync(isAsked: true);
    }

    // The proof that the ledger can fail: hosts that are wrong on purpose.
    [Fact]
    public Task A_host_that_acknowledges_what_it_never_wrote_is_found_out() =>
        AssertFoundOutAsync("nothing durable says so", static (_, _) => Task.FromResult<SimulatedAnswer?>(SimulatedAnswer.Of(200, "success")));

    [Fact]
    public Task A_host_that_counts_each_message_is_found_out() =>
        AssertFoundOutAsync("is counted twice", static (shop, message) => shop.CountAsync(message, Guid.NewGuid().ToString()));

    [Fact]
    public Task A_host_that_guards_the_transport_only_is_found_out() =>
        AssertFoundOutAsync("is counted twice", static (shop, message) => shop.CountAsync(message, message.TransportId ?? "return"));

    [Fact]
    public Task A_host_that_believes_every_amount_is_found_out() =>
        AssertFoundOutAsync("nothing durable says so", static (shop, message) => shop.CountAsync(message, message.ProviderTradeNumber));

    private static async Task AssertFoundOutAsync(string complaint, Func<TrafficShop, SimulatedNotification, Task<SimulatedAnswer?>> host)
    {
        var traffic = TrafficOf(31);
        await using var shop = new TrafficShop(traffic, Crashes.None, findsDuplicates: false);
        var ledger = new TrafficLedger(traffic, shop);

        var failure = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(async () =>
        {
            while (traffic.Next() is { } delivery)
            {
                shop.Clock.SetUtcNow(traffic.Now);
                var answer = delivery is SimulatedDelivery.Notification notification ? await host(shop, notification.Message) : await shop.TakeAsync(delivery);
                traffic.Answer(delivery, answer!);
                await ledger.CheckAsync(delivery, answer);
            }
        });
        Assert.Contains(complaint, failure.Message, StringComparison.Ordinal);
    }

    private static SimulatedTraffic TrafficOf(long seed, FaultRates? faults = null) =>
        new SimulatedRetailWorld(seed, new() { Faults = faults ?? ManyFaults, ReturnRate = 0.3, SecondOrderRate = 0.05, RepeatRate = 0.05, ReorderRate = 0.05 }).Open(Sales);

    private static async Task PlayAsync(SimulatedTraffic traffic, TrafficShop shop, TrafficLedger ledger)
    {
        while (traffic.Next() is { } delivery)
        {
            shop.Clock.SetUtcNow(traffic.Now);
            var answer = await shop.TakeAsync(delivery);
            if (answer is not null)
            {
                traffic.Answer(delivery, answer);
            }

            await ledger.CheckAsync(delivery, answer);
        }
    }

    /// <summary>The host asks for every payment that it knows of, and takes the answers by the same door.</summary>
    private static async Task ReconcileAsync(SimulatedTraffic traffic, TrafficShop shop)
    {
        foreach (var number in traffic.Trades.Select(trade => trade.Checkout.MerchantTradeNumber).Distinct(StringComparer.Ordinal).ToList())
        {
            foreach (var known in traffic.Ask(number))
            {
                await shop.TakeAsync(known);
            }
        }
    }
}
