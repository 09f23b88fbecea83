using System.Globalization;
using System.Runtime.InteropServices;
using OrderKit.Core;

namespace ControlTower.Diagnose;

/// <summary>The sums of items and payments of each order: latest shipping limit, pieces, price and payments.</summary>
/// <remarks>
/// The files are sorted differently, so they are joined in memory, with about eighty bytes for each order with items or payments,
/// whatever the number of rows and the length of their ids. Nothing else of the input is kept.
/// </remarks>
internal sealed class OrderSums(RejectedRows rejected)
{
    // So far below the limit of the engine that no sum of an order can reach it.
    private const decimal MaxAmount = 100_000_000m;
    private const long MaxSum = 1_000_000_000_000_000;

    private readonly Dictionary<OrderId, Sum> _sums = [];

    /// <summary>Adds the rows of <c>order_items</c>.</summary>
    public void AddItems(CsvTable table, CancellationToken cancellationToken)
    {
        var id = table.Column("order_id");
        var limit = table.Column("shipping_limit_date");
        var price = table.OptionalColumn("price");
        var freight = table.OptionalColumn("freight_value");
        while (NextRow(table, id, out var order, cancellationToken))
        {
            var fault = LocalTime.Fault(table[limit], "shipping_limit_date", out var shipBy);
            fault = AmountFault(table[price], "price", out var goods) ?? fault;
            fault = AmountFault(table[freight], "freight_value", out var carriage) ?? fault;
            if (fault is not null)
            {
                rejected.Add(table.Name, table.Line, fault);
                continue;
            }

            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, order, out _);
            sum.ShipByTicks = Math.Max(sum.ShipByTicks, shipBy?.UtcTicks ?? 0);
            sum.Pieces++;
            sum.HasPrice |= goods is not null;
            sum.Price = Math.Min(MaxSum, sum.Price + (goods ?? 0) + (carriage ?? 0));
        }
    }

    /// <summary>Adds the rows of <c>order_payments</c>.</summary>
    public void AddPayments(CsvTable table, CancellationToken cancellationToken)
    {
        var id = table.Column("order_id");
        var value = table.Column("payment_value");
        while (NextRow(table, id, out var order, cancellationToken))
        {
            if (AmountFault(table[value], "payment_value", out var paid) is { } fault)
            {
                rejected.Add(table.Name, table.Line, fault);
                continue;
            }

            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, order, out _);
            sum.IsPaid |= paid is not null;
            sum.Paid = Math.Min(MaxSum, sum.Paid + (paid ?? 0));
        }
    }

    /// <summary>Returns the time by which the whole order must be handed over: the latest limit of its items.</summary>
    public DateTimeOffset? ShipBy(OrderId order) =>
        _sums.TryGetValue(order, out var sum) && sum.ShipByTicks > 0 ? new DateTimeOffset(sum.ShipByTicks, TimeSpan.Zero) : null;

    /// <summary>
    /// Returns the amount due: the sum of the payments, including interest of instalments, or else price and freight of the items.
    /// </summary>
    /// <returns>The amount in cents; <see langword="null"/> if neither file has it.</returns>
    public long? Due(OrderId order) =>
        !_sums.TryGetValue(order, out var sum) ? null : sum.IsPaid ? sum.Paid : sum.HasPrice ? sum.Price : null;

    /// <summary>Returns the number of ordered pieces, one for each item row; <see langword="null"/> if there are no items.</summary>
    public long? Pieces(OrderId order) => _sums.TryGetValue(order, out var sum) && sum.Pieces > 0 ? sum.Pieces : null;

    private bool NextRow(CsvTable table, int id, out OrderId order, CancellationToken cancellationToken)
    {
        while (table.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if ((table.Fault ?? OrderRow.IdFault(table[id].Trim())) is { } fault)
            {
                rejected.Add(table.Name, table.Line, fault);
                continue;
            }

            order = OrderRow.KeyOf(table[id].Trim()).Order;
            return true;
        }

        order = default;
        return false;
    }

    private static string? AmountFault(string text, string column, out long? cents)
    {
        cents = null;
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (
            !decimal.TryParse(
                text,
                NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
                CultureInfo.InvariantCulture,
                out var amount)
            || amount > MaxAmount || decimal.Round(amount, 2) != amount)
        {
            return $"{column} '{CsvText.Shown(text)}' is no amount: digits, a decimal point and at most two decimals, not negative.";
        }

        cents = (long)(amount * 100);
        return null;
    }

    private struct Sum
    {
        public long ShipByTicks;
        public long Price;
        public long Paid;
        public int Pieces;
        public bool HasPrice;
        public bool IsPaid;
    }
}
