namespace OrderKit.Simulation;

/// <summary>How often each fault happens, as a share of the orders.</summary>
/// <remarks>
/// The faults of one message may meet on one order. Of the last nine, which decide an order's fate, an order has one at most;
/// such an order has none of <see cref="CallbackLate"/>, <see cref="OutOfOrder"/> and <see cref="StaleReport"/>, so that its fate stays readable.
/// </remarks>
public sealed record FaultRates
{
    /// <summary>A world without faults.</summary>
    public static FaultRates None { get; } = new()
    {
        CallbackLate = 0, MessageRepeated = 0, ToldByAnotherPath = 0, OutOfOrder = 0, ClockAhead = 0, StaleReport = 0,
        PaymentMissing = 0, StockLockMissing = 0, OutboundOrderMissing = 0, CarrierScanMissing = 0,
        PaidAfterClose = 0, ShippedUnpaid = 0, ShippedAfterCancel = 0, SignedNeverShipped = 0, StatusOverwritten = 0,
    };

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
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "There is no such fault."),
    };

    /// <summary>The fault that decides an order's fate, or none; one draw, so that the shares are exactly the rates.</summary>
    internal SimulatedFault? FateOf(double draw)
    {
        for (var fault = SimulatedFault.PaymentMissing; fault <= SimulatedFault.StatusOverwritten; fault++)
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
        var fates = 0.0;
        for (var fault = SimulatedFault.CallbackLate; fault <= SimulatedFault.StatusOverwritten; fault++)
        {
            var rate = Of(fault);
            if (double.IsNaN(rate) || rate is < 0 or > 1)
            {
                throw new ArgumentException($"The rate of {fault} is {rate.ToString(System.Globalization.CultureInfo.InvariantCulture)}; a rate lies between 0 and 1.", parameterName);
            }

            fates += fault >= SimulatedFault.PaymentMissing ? rate : 0;
        }

        if (fates > 1 + 1e-9)
        {
            throw new ArgumentException($"The rates of the faults that decide an order's fate add up to {fates.ToString(System.Globalization.CultureInfo.InvariantCulture)}; an order has one at most, so the sum is 1 at most.", parameterName);
        }
    }
}
