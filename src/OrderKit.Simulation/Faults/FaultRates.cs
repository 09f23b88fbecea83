namespace OrderKit.Simulation;

/// <summary>How often each fault happens, as a share of the orders.</summary>
/// <remarks>
/// <para>
/// The faults of one message may meet on one order. Of the nine from <see cref="PaymentMissing"/> to <see cref="StatusOverwritten"/>, which
/// decide an order's fate, an order has one at most; such an order has none of <see cref="CallbackLate"/>, <see cref="OutOfOrder"/> and
/// <see cref="StaleReport"/>, so that its fate stays readable.
/// </para>
/// <para>
/// In a <see cref="SimulatedTraffic"/> the fate of a payment is one of <see cref="PaymentMissing"/>, <see cref="PaidAfterClose"/>,
/// <see cref="AmountChanged"/>, <see cref="AmountWrong"/> and <see cref="PaidTwice"/>, or none.
/// </para>
/// </remarks>
public sealed record FaultRates
{
    /// <summary>A world without faults.</summary>
    public static FaultRates None { get; } = new()
    {
        CallbackLate = 0, MessageRepeated = 0, ToldByAnotherPath = 0, OutOfOrder = 0, ClockAhead = 0, StaleReport = 0,
        PaymentMissing = 0, StockLockMissing = 0, OutboundOrderMissing = 0, CarrierScanMissing = 0,
        PaidAfterClose = 0, ShippedUnpaid = 0, ShippedAfterCancel = 0, SignedNeverShipped = 0, StatusOverwritten = 0,
        SentTwiceAtOnce = 0, AnswerLost = 0, AmountChanged = 0, AmountWrong = 0, PaidTwice = 0, OrderToldTwice = 0, TwoTabs = 0,
    };

    private static readonly SimulatedFault[] OrderFates =
    [
        .. Enum.GetValues<SimulatedFault>()
            .Where(static fault => fault is >= SimulatedFault.PaymentMissing and <= SimulatedFault.StatusOverwritten),
    ];

    private static readonly SimulatedFault[] TradeFates =
    [
        SimulatedFault.PaymentMissing, SimulatedFault.PaidAfterClose, SimulatedFault.AmountChanged, SimulatedFault.AmountWrong,
        SimulatedFault.PaidTwice,
    ];

    /// <summary>See <see cref="SimulatedFault.CallbackLate"/>.</summary>
    /// <value>0.03.</value>
    public double CallbackLate { get; init; } = 0.03;

    /// <summary>See <see cref="SimulatedFault.MessageRepeated"/>.</summary>
    /// <value>0.10.</value>
    public double MessageRepeated { get; init; } = 0.10;

    /// <summary>See <see cref="SimulatedFault.ToldByAnotherPath"/>.</summary>
    /// <value>0.06.</value>
    public double ToldByAnotherPath { get; init; } = 0.06;

    /// <summary>See <see cref="SimulatedFault.OutOfOrder"/>.</summary>
    /// <value>0.05.</value>
    public double OutOfOrder { get; init; } = 0.05;

    /// <summary>See <see cref="SimulatedFault.ClockAhead"/>.</summary>
    /// <value>0.02.</value>
    public double ClockAhead { get; init; } = 0.02;

    /// <summary>See <see cref="SimulatedFault.StaleReport"/>.</summary>
    /// <value>0.04.</value>
    public double StaleReport { get; init; } = 0.04;

    /// <summary>See <see cref="SimulatedFault.PaymentMissing"/>.</summary>
    /// <value>0.010.</value>
    public double PaymentMissing { get; init; } = 0.010;

    /// <summary>See <see cref="SimulatedFault.StockLockMissing"/>.</summary>
    /// <value>0.010.</value>
    public double StockLockMissing { get; init; } = 0.010;

    /// <summary>See <see cref="SimulatedFault.OutboundOrderMissing"/>.</summary>
    /// <value>0.010.</value>
    public double OutboundOrderMissing { get; init; } = 0.010;

    /// <summary>See <see cref="SimulatedFault.CarrierScanMissing"/>.</summary>
    /// <value>0.015.</value>
    public double CarrierScanMissing { get; init; } = 0.015;

    /// <summary>See <see cref="SimulatedFault.PaidAfterClose"/>.</summary>
    /// <value>0.005.</value>
    public double PaidAfterClose { get; init; } = 0.005;

    /// <summary>See <see cref="SimulatedFault.ShippedUnpaid"/>.</summary>
    /// <value>0.005.</value>
    public double ShippedUnpaid { get; init; } = 0.005;

    /// <summary>See <see cref="SimulatedFault.ShippedAfterCancel"/>.</summary>
    /// <value>0.005.</value>
    public double ShippedAfterCancel { get; init; } = 0.005;

    /// <summary>See <see cref="SimulatedFault.SignedNeverShipped"/>.</summary>
    /// <value>0.005.</value>
    public double SignedNeverShipped { get; init; } = 0.005;

    /// <summary>See <see cref="SimulatedFault.StatusOverwritten"/>.</summary>
    /// <value>0.005.</value>
    public double StatusOverwritten { get; init; } = 0.005;

    /// <summary>See <see cref="SimulatedFault.SentTwiceAtOnce"/>.</summary>
    /// <value>0.05.</value>
    public double SentTwiceAtOnce { get; init; } = 0.05;

    /// <summary>See <see cref="SimulatedFault.AnswerLost"/>.</summary>
    /// <value>0.05.</value>
    public double AnswerLost { get; init; } = 0.05;

    /// <summary>See <see cref="SimulatedFault.AmountChanged"/>.</summary>
    /// <value>0.005.</value>
    public double AmountChanged { get; init; } = 0.005;

    /// <summary>See <see cref="SimulatedFault.AmountWrong"/>.</summary>
    /// <value>0.005.</value>
    public double AmountWrong { get; init; } = 0.005;

    /// <summary>See <see cref="SimulatedFault.PaidTwice"/>.</summary>
    /// <value>0.010.</value>
    public double PaidTwice { get; init; } = 0.010;

    /// <summary>See <see cref="SimulatedFault.OrderToldTwice"/>.</summary>
    /// <value>0.05.</value>
    public double OrderToldTwice { get; init; } = 0.05;

    /// <summary>See <see cref="SimulatedFault.TwoTabs"/>. Only of orders on <see cref="SimulatedRetailOptions.OwnChannels"/>.</summary>
    /// <value>0.02.</value>
    public double TwoTabs { get; init; } = 0.02;

    /// <summary>The rate of one fault.</summary>
    public double Of(SimulatedFault fault) => fault switch
    {
        SimulatedFault.CallbackLate => CallbackLate,
        SimulatedFault.MessageRepeated => MessageRepeated,
        SimulatedFault.ToldByAnotherPath => ToldByAnotherPath,
        SimulatedFault.OutOfOrder => OutOfOrder,
        SimulatedFault.ClockAhead => ClockAhead,
        SimulatedFault.StaleReport => StaleReport,
        SimulatedFault.PaymentMissing => PaymentMissing,
        SimulatedFault.StockLockMissing => StockLockMissing,
        SimulatedFault.OutboundOrderMissing => OutboundOrderMissing,
        SimulatedFault.CarrierScanMissing => CarrierScanMissing,
        SimulatedFault.PaidAfterClose => PaidAfterClose,
        SimulatedFault.ShippedUnpaid => ShippedUnpaid,
        SimulatedFault.ShippedAfterCancel => ShippedAfterCancel,
        SimulatedFault.SignedNeverShipped => SignedNeverShipped,
        SimulatedFault.StatusOverwritten => StatusOverwritten,
        SimulatedFault.SentTwiceAtOnce => SentTwiceAtOnce,
        SimulatedFault.AnswerLost => AnswerLost,
        SimulatedFault.AmountChanged => AmountChanged,
        SimulatedFault.AmountWrong => AmountWrong,
        SimulatedFault.PaidTwice => PaidTwice,
        SimulatedFault.OrderToldTwice => OrderToldTwice,
        SimulatedFault.TwoTabs => TwoTabs,
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "There is no such fault."),
    };

    /// <summary>The fault that decides an order's fate, or none; one draw, so that the shares are exactly the rates.</summary>
    internal SimulatedFault? FateOf(double draw) => FateOf(draw, OrderFates);

    /// <summary>The fault that decides the fate of a payment, or none.</summary>
    internal SimulatedFault? TradeFateOf(double draw) => FateOf(draw, TradeFates);

    private SimulatedFault? FateOf(double draw, SimulatedFault[] fates)
    {
        foreach (var fault in fates)
        {
            if ((draw -= Of(fault)) < 0)
            {
                return fault;
            }
        }

        return null;
    }

    internal void Check(string parameterName)
    {
        for (var fault = SimulatedFault.CallbackLate; fault <= SimulatedFault.TwoTabs; fault++)
        {
            var rate = Of(fault);
            if (double.IsNaN(rate) || rate is < 0 or > 1)
            {
                throw new ArgumentException(
                    $"The rate of {fault} is {rate.ToString(System.Globalization.CultureInfo.InvariantCulture)}; "
                    + "a rate lies between 0 and 1.",
                    parameterName);
            }
        }

        CheckFates(OrderFates.Sum(Of), "an order", parameterName);
        CheckFates(TradeFates.Sum(Of), "a payment", parameterName);
    }

    private static void CheckFates(double sum, string whose, string parameterName)
    {
        if (sum > 1 + 1e-9)
        {
            throw new ArgumentException(
                $"The rates of the faults that decide {whose}'s fate add up to "
                + $"{sum.ToString(System.Globalization.CultureInfo.InvariantCulture)}; {whose} has one at most, so the sum is 1 at most.",
                parameterName);
        }
    }
}
