namespace ErpIntegration.Model;

/// <summary>One line of an order.</summary>
public sealed class OrderLine
{
    public required string Sku { get; init; }

    public int Quantity { get; init; }

    public decimal Price { get; init; }
}

/// <summary>How much of an article there is, and how much of it is promised.</summary>
public sealed class StockItem
{
    public required string Sku { get; init; }

    public int OnHand { get; set; }

    public int Reserved { get; set; }
}

/// <summary>Money that came in. No constraint keeps a payment from being booked twice; only the code does.</summary>
public sealed class Receipt
{
    public int Id { get; init; }

    public required string OrderId { get; init; }

    public required string PaymentNumber { get; init; }

    public decimal Amount { get; init; }
}

/// <summary>A job for the warehouse.</summary>
public sealed class PickTicket
{
    public required string OrderId { get; init; }

    public long OrderVersion { get; init; }
}
