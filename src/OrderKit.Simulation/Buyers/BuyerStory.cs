using System.Globalization;
using OrderKit.Core;

namespace OrderKit.Simulation;

/// <summary>Tells what the buyer of one sale orders: it alone, or another order after it.</summary>
internal sealed class BuyerStory
{
    private const int Tries = 3;

    private static readonly string[] Roads = ["文三路", "人民路", "中山北路", "解放大道", "建设街"];

    private readonly SimulatedSale _sale;
    private readonly SimulatedRetailWorld _world;
    private readonly SimulationRandom _random;
    private readonly bool _isOwn;
    private readonly string _buyer;
    private readonly string _address;
    private readonly string _ipAddress;
    private readonly string _device;
    private readonly PaymentProvider _provider;

    public BuyerStory(SimulatedSale sale, SimulatedRetailWorld world, SimulationRandom random)
    {
        (_sale, _world, _random) = (sale, world, random);
        _isOwn = world.Options.OwnChannels.Contains(sale.Order.Order.Channel);
        _buyer = random.Digits("buyer-", 12);
        _address = string.Create(
            CultureInfo.InvariantCulture,
            $"浙江省 杭州市 西湖区 {random.Pick(Roads)}{random.Between(1, 900)}号 {random.Between(1, 30)}{random.Between(1, 8):D2}室");
        _ipAddress = string.Create(CultureInfo.InvariantCulture, $"203.0.113.{random.Between(1, 254)}");
        _device = string.Create(CultureInfo.InvariantCulture, $"{random.Next():x16}");
        _provider = random.Pick(world.Options.Providers);
    }

    /// <summary>The purchases and when each is submitted. <see cref="TellAgain"/> returns the one after a cancellation.</summary>
    public IReadOnlyList<(Purchase Purchase, DateTimeOffset At)> Tell()
    {
        var options = _world.Options;
        var cart = Cart();
        var lines = Lines(_sale.Quantity, []);
        var first = Make(_sale, cart, lines, PurchaseKind.Single);
        var told = new List<(Purchase, DateTimeOffset)> { (first, _sale.PlacedAt) };
        Disturb(first);

        var draw = _random.Unit();
        if (_isOwn && draw < options.Faults.TwoTabs)
        {
            var after = TimeSpan.FromMilliseconds(_random.Between(5, 20_000));
            var other = Make(Another(after), cart, lines, PurchaseKind.OtherTab);
            other.IsPaid = _random.Chance(0.5);
            other.Faults.Add(new(SimulatedFault.TwoTabs, RetailTriggers.Placed, after));
            told.Add((other, other.Order.PlacedAt));
        }
        else if ((draw -= options.Faults.TwoTabs) is >= 0 && draw < options.SecondOrderRate)
        {
            // Some take more pieces of cheaper articles: the amount is all that the two have in common.
            var other = Another(_random.Between(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(119)));
            var more = other with { Quantity = _random.Between(1, 8) };
            told.Add((Make(more, Cart(), Lines(more.Quantity, lines), PurchaseKind.OtherArticles), more.PlacedAt));
        }
        else if ((draw -= options.SecondOrderRate) is >= 0 && draw < options.RepeatRate)
        {
            var again = Another(_random.Between(TimeSpan.FromDays(1), TimeSpan.FromDays(20)));
            told.Add((Make(again, Cart(), lines, PurchaseKind.Repeat), again.PlacedAt));
        }
        else if ((draw -= options.RepeatRate) is >= 0 && draw < options.ReorderRate)
        {
            first.Cancellation = (
                _random.Between(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(360)),
                _random.Between(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(120)));
        }

        return told;
    }

    /// <summary>The order that is placed after the first was cancelled: the cart is still there.</summary>
    public Purchase TellAgain(Purchase cancelled, DateTimeOffset at) =>
        Make(Another(at - _sale.PlacedAt), cancelled.Order.Cart, cancelled.Order.Lines, PurchaseKind.AfterCancel);

    private void Disturb(Purchase purchase)
    {
        if (_random.Chance(_world.Options.Faults.AnswerLost))
        {
            purchase.LostAnswers = 1;
            purchase.Faults.Add(new(SimulatedFault.AnswerLost, RetailTriggers.Placed));
        }

        if (_random.Chance(_world.Options.Faults.OrderToldTwice))
        {
            purchase.ToldAgainAfter = _random.Between(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(30));
            purchase.Faults.Add(new(SimulatedFault.OrderToldTwice, RetailTriggers.Placed, purchase.ToldAgainAfter));
        }
    }

    private Purchase Make(SimulatedSale sale, string? cart, IReadOnlyList<SimulatedOrderLine> lines, PurchaseKind kind)
    {
        var placed = _world.Place(sale).Fact;
        var order = new SimulatedOrder
        {
            Source = placed.Source,
            Order = sale.Order,
            Number = sale.Number,
            SubmissionKey = _isOwn ? _random.Digits("submit-", 16) : null,
            Buyer = _buyer,
            Cart = cart,
            Lines = lines,
            Address = _address,
            IpAddress = _ipAddress,
            Device = _device,
            Amount = sale.Amount,
            PaymentChannel = _provider.Name,
            PlacedAt = sale.PlacedAt,
            ShipBy = placed.ShipBy!.Value,
            Placed = placed,
        };
        return new Purchase(sale, order, _provider, kind, kind == PurchaseKind.Single ? null : _sale.Order)
        {
            Patience = [.. Enumerable.Range(0, Tries).Select(_ => _random.Between(TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(20)))],
        };
    }

    private SimulatedSale Another(TimeSpan after)
    {
        var key = _sale.Order;
        var at = _sale.PlacedAt + after;

        // No number says that an order goes back to another one.
        var number = _random.Digits(string.Create(CultureInfo.InvariantCulture, $"SIM{at.UtcDateTime:yyyyMMdd}"), 12);
        return new SimulatedSale(
            new OrderKey(key.Tenant, OrderId.Derive(key.Order.Channel, number)), number, _sale.Amount, _sale.Quantity, at);
    }

    private string? Cart()
    {
        var cart = _random.Digits("cart-", 12);
        return _isOwn ? cart : null;
    }

    private List<SimulatedOrderLine> Lines(long quantity, IReadOnlyList<SimulatedOrderLine> others)
    {
        var lines = new List<SimulatedOrderLine>();
        for (var left = quantity; left > 0;)
        {
            var sku = _random.Digits("SKU-", 6);
            if (others.Concat(lines).Any(line => line.Sku == sku))
            {
                continue;
            }

            var pieces = lines.Count == 2 ? left : _random.Between(1, left);
            lines.Add(new SimulatedOrderLine(sku, pieces));
            left -= pieces;
        }

        return lines;
    }
}
