using System.Globalization;
using ErpIntegration.Model;

namespace ErpIntegration.Faults;

/// <summary>One business operation.</summary>
/// <param name="Number">The number of the order.</param>
/// <param name="Act">What is done.</param>
internal sealed record Operation(string Number, Act Act);

/// <summary>What can be done with an order.</summary>
internal enum Act
{
    Place,
    PlaceToExpire,
    Pay,
    Ship,
    Cancel,
    Expire,
}

/// <summary>Operations on many orders, in an order that a seed decides.</summary>
internal static class Workload
{
    private static readonly Act[][] Stories =
    [
        [Act.Place, Act.Pay, Act.Ship],
        [Act.Place, Act.Pay, Act.Cancel],
        [Act.PlaceToExpire, Act.Expire],
        [Act.Place, Act.Cancel, Act.Pay],
    ];

    public static IReadOnlyList<Operation> Of(int count, int seed)
    {
        var random = new Random(seed);
        var operations = new List<Operation>();
        for (var order = 1; operations.Count < count; order += Stories.Length)
        {
            var lanes = Stories
                .Select((story, i) => new Queue<Operation>(story.Select(act => new Operation(NumberOf(order + i), act))))
                .ToList();
            while (lanes.Count > 0)
            {
                var lane = lanes[random.Next(lanes.Count)];
                operations.Add(lane.Dequeue());
                if (lane.Count == 0)
                {
                    lanes.Remove(lane);
                }
            }
        }

        return operations[..count];
    }

    /// <summary>The lines of an order; the same ones whenever it is placed again.</summary>
    public static List<OrderLine> LinesOf(string number)
    {
        var random = new Random(int.Parse(number.AsSpan(2), CultureInfo.InvariantCulture));
        return
        [
            .. ErpHost.Articles.Take(random.Next(1, ErpHost.Articles.Count + 1))
                .Select(sku => new OrderLine { Sku = sku, Quantity = random.Next(1, 4), Price = random.Next(10, 500) }),
        ];
    }

    /// <summary>The statuses that an order may have after what was done with it.</summary>
    public static ErpStatus[] Expect(IEnumerable<Act> done) => done.ToArray() switch
    {
        [Act.PlaceToExpire, ..] and not [_, Act.Expire] => [ErpStatus.AwaitingPayment, ErpStatus.Cancelled],
        [.., Act.Cancel, Act.Pay] => [ErpStatus.NeedsAttention],
        [.., Act.Place] => [ErpStatus.AwaitingPayment],
        [.., Act.Pay] => [ErpStatus.Paid],
        [.., Act.Ship] => [ErpStatus.Shipped],
        _ => [ErpStatus.Cancelled],
    };

    private static string NumberOf(int order) => string.Create(CultureInfo.InvariantCulture, $"E-{order:D5}");
}
