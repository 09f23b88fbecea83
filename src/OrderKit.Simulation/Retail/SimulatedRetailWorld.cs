using System.Globalization;
using OrderKit.Core;

namespace OrderKit.Simulation;

/// <summary>A simulated retail world: channels, payment providers, stock, warehouse, carrier and status reports, with faults.</summary>
/// <remarks>
/// It only sends messages and never reads an engine. The seed, an order's key and the settings decide everything that happens to that
/// order:
/// the same on every machine, in every culture and time zone, and whatever other orders there are. Safe for several threads.
/// The triggers are those of the retail model in OrderKit.StateMachine.
/// </remarks>
public sealed class SimulatedRetailWorld
{
    private readonly ulong _seed;

    /// <summary>Makes a world.</summary>
    /// <param name="seed">The seed; another one is another world.</param>
    /// <param name="options">The settings.</param>
    /// <exception cref="ArgumentException">A rate lies outside 0 to 1, or another setting makes no sense.</exception>
    public SimulatedRetailWorld(long seed, SimulatedRetailOptions? options = null)
    {
        Options = options ?? new SimulatedRetailOptions();
        Options.Check(nameof(options));
        _seed = (ulong)seed;
    }

    /// <summary>The settings.</summary>
    public SimulatedRetailOptions Options { get; }

    /// <summary>The world's own sales, one after the other and without end.</summary>
    public IEnumerable<SimulatedSale> Sales()
    {
        var random = SimulationRandom.For(_seed, "sales");
        var at = Options.Start;
        for (var n = 1L; ; n++)
        {
            at += random.Between(TimeSpan.FromSeconds(1), (2 * Options.Pace) - TimeSpan.FromSeconds(1));
            var channel = random.Pick(Options.Channels);
            var number = string.Create(CultureInfo.InvariantCulture, $"SIM{at.UtcDateTime:yyyyMMdd}{n:D8}");
            var quantity = random.Between(1, 8);
            var amount = new Money(random.Between(190, 39_900) * quantity, Options.Currency);
            var sale = new SimulatedSale(new OrderKey(Options.Tenant, OrderId.Derive(channel, number)), number, amount, quantity, at);
            if (random.Chance(Options.ReturnRate))
            {
                var pieces = random.Between(1, quantity);
                var back = new Money(pieces == quantity ? amount.MinorUnits : amount.MinorUnits / quantity * pieces, amount.Currency);
                var days = random.Between(TimeSpan.FromHours(1), TimeSpan.FromDays(12));
                sale = sale with { Returns = [new SimulatedReturn($"AS{number}", back, pieces, at + days)] };
            }

            yield return sale;
        }
    }

    /// <summary>The channel's message that a sale was placed.</summary>
    public SimulatedMessage Place(SimulatedSale sale)
    {
        ArgumentNullException.ThrowIfNull(sale);
        var order = sale.Order;
        return new SimulatedMessage(sale.PlacedAt + TimeSpan.FromSeconds(2), new OrderFact
        {
            Trigger = RetailTriggers.Placed,
            Source = $"{Options.SourcePrefix}channel-{order.Order.Channel.Value.ToLowerInvariant()}",
            Order = order,
            Evidence = sale.Number,
            OccurredAt = sale.PlacedAt,
            Amount = sale.Amount,
            Quantity = sale.Quantity,
            Profile = "PARCEL",
            ShipBy = sale.PlacedAt + TimeSpan.FromHours(48),
            ResponseCode = "200",
            Links =
            [
                new OrderReference(order.Tenant, ReferenceKind.External, sale.Number),
                sale.TradeNumber,
                new OrderReference(
                    order.Tenant, ReferenceKind.ShortCode, ShortCodes.For(order.Order, DateOnly.FromDateTime(sale.PlacedAt.UtcDateTime))),
            ],
        });
    }

    /// <summary>All that the world tells about a sale after it was placed, in the order of arrival, and the truth.</summary>
    public SimulatedRun Follow(SimulatedSale sale)
    {
        ArgumentNullException.ThrowIfNull(sale);
        return new ParcelStory(sale, Options, SimulationRandom.For(_seed, sale.Order.ToString())).Tell();
    }

    /// <summary>Makes traffic of some of the world's sales: buyers place orders, providers send notifications until acknowledged.</summary>
    /// <param name="orders">How many sales; some buyers place a second order.</param>
    /// <remarks><see cref="Follow"/> and <see cref="Run"/> tell of payments too, once and for all: use one of the two for a sale.</remarks>
    public SimulatedTraffic Open(int orders)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(orders);
        return new SimulatedTraffic(this, Sales().Take(orders));
    }

    /// <summary>Sales of your own as traffic.</summary>
    /// <param name="sales">The sales.</param>
    public SimulatedTraffic Open(IEnumerable<SimulatedSale> sales)
    {
        ArgumentNullException.ThrowIfNull(sales);
        return new SimulatedTraffic(this, sales);
    }

    /// <summary>A stretch of the world with its own sales, from placing to the end.</summary>
    /// <param name="orders">How many sales.</param>
    public SimulatedRun Run(int orders)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(orders);
        var messages = new List<(SimulatedMessage Message, int Sale)>(orders * 12);
        var truths = new List<OrderTruth>(orders);
        foreach (var sale in Sales().Take(orders))
        {
            messages.Add((Place(sale), truths.Count));
            var story = Follow(sale);
            foreach (var message in story.Messages)
            {
                messages.Add((message, truths.Count));
            }

            truths.AddRange(story.Truths);
        }

        // A stable sort: what arrives at one instant keeps the order of the sales and of their stories.
        return new SimulatedRun([.. messages.OrderBy(m => m.Message.ArrivesAt).ThenBy(m => m.Sale).Select(m => m.Message)], truths);
    }

    internal SimulationRandom RandomFor(string name) => SimulationRandom.For(_seed, name);
}
