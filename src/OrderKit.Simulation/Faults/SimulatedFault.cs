namespace OrderKit.Simulation;

/// <summary>What the outside world does wrong.</summary>
public enum SimulatedFault : byte
{
    /// <summary>The payment callback arrives hours or days late; the goods wait for it.</summary>
    CallbackLate = 0,

    /// <summary>A message arrives again, byte for byte.</summary>
    MessageRepeated = 1,

    /// <summary>The payment is told again by another path (a query): another trace, the same document.</summary>
    ToldByAnotherPath = 2,

    /// <summary>Two messages arrive in the wrong order.</summary>
    OutOfOrder = 3,

    /// <summary>A source's clock is ahead: the message happened, by its word, after it arrived.</summary>
    ClockAhead = 4,

    /// <summary>A system reports a status that the order left long ago.</summary>
    StaleReport = 5,

    /// <summary>The buyer paid and the callback never comes; only the channel reports it.</summary>
    PaymentMissing = 6,

    /// <summary>The stock was never locked: nothing follows, and nobody says so.</summary>
    StockLockMissing = 7,

    /// <summary>The warehouse never got the outbound order.</summary>
    OutboundOrderMissing = 8,

    /// <summary>The warehouse handed the parcel over and the carrier never scans it.</summary>
    CarrierScanMissing = 9,

    /// <summary>The payment was closed, and then money comes in. A contradiction.</summary>
    PaidAfterClose = 10,

    /// <summary>The goods leave although nobody paid. A contradiction.</summary>
    ShippedUnpaid = 11,

    /// <summary>The goods leave although the order was cancelled. A contradiction.</summary>
    ShippedAfterCancel = 12,

    /// <summary>The carrier claims delivery of a parcel that never left. A contradiction.</summary>
    SignedNeverShipped = 13,

    /// <summary>The ERP reports a shipped order as cancelled, since somebody overwrote its status. A contradiction.</summary>
    StatusOverwritten = 14,

    /// <summary>A provider sends a notification to two nodes within milliseconds.</summary>
    SentTwiceAtOnce = 15,

    /// <summary>The host answered and the sender never heard: a provider sends its notification again, a buyer the order.</summary>
    AnswerLost = 16,

    /// <summary>One of the sends of a notification says another amount than the others.</summary>
    AmountChanged = 17,

    /// <summary>The buyer is charged another amount than was asked for, and all messages say so.</summary>
    AmountWrong = 18,

    /// <summary>The buyer pays an order a second time, by a trade of its own. A contradiction.</summary>
    PaidTwice = 19,

    /// <summary>The channel tells of one order by two paths: the same number twice.</summary>
    OrderToldTwice = 20,

    /// <summary>The buyer submits one cart from two tabs within seconds: two orders where one was meant.</summary>
    TwoTabs = 21,
}
