using System.Globalization;
using OrderKit.Core;
using static OrderKit.Simulation.RetailTriggers;

namespace OrderKit.Simulation;

/// <summary>Tells what happens to one sale that is sent as a parcel.</summary>
internal sealed class ParcelStory(SimulatedSale sale, SimulatedRetailOptions options, SimulationRandom random)
{
    private readonly List<SimulatedMessage> _told = [];
    private readonly List<InjectedFault> _faults = [];
    private readonly string _waybill = random.Digits("SIM", 12);
    private readonly string _outbound = random.Digits("CK", 10);
    private Money _captured = Money.Zero(sale.Amount.Currency);
    private Money _refunded = Money.Zero(sale.Amount.Currency);
    private bool _isPaid;
    private bool _hasLeft;
    private bool _hasArrived;

    public SimulatedRun Tell()
    {
        var fate = options.Faults.FateOf(random.Unit());
        switch (fate)
        {
            case SimulatedFault.PaymentMissing:
                MissPayment();
                break;
            case SimulatedFault.PaidAfterClose:
                PayAfterClose();
                break;
            case SimulatedFault.ShippedUnpaid:
                _faults.Add(new(SimulatedFault.ShippedUnpaid, Outbound));
                _ = Carry(Hand(Label(After(sale.PlacedAt, 1, 12, TimeSpan.FromHours(1)))));
                break;
            default:
                TellPaid(fate);
                break;
        }

        DisturbDelivery(isPlain: fate is null);
        var truth = new OrderTruth(sale, _faults, _captured, _refunded, _isPaid, _hasLeft, _hasArrived);
        return new SimulatedRun([.. _told.OrderBy(static message => message.ArrivesAt)], [truth]);
    }

    private void TellPaid(SimulatedFault? fate)
    {
        var paidAt = After(sale.PlacedAt, 20, 1_500, TimeSpan.FromSeconds(1));
        var late = fate is null && random.Chance(options.Faults.CallbackLate)
            ? random.Between(TimeSpan.FromHours(1), TimeSpan.FromDays(3))
            : (TimeSpan?)null;
        var knownAt = Pay(paidAt, late);
        if (late is not null)
        {
            _faults.Add(new(SimulatedFault.CallbackLate, Captured, late));
        }

        var stopAt = Refund(knownAt);
        switch (fate)
        {
            case SimulatedFault.StockLockMissing:
                _faults.Add(new(SimulatedFault.StockLockMissing, StockLocked));
                return;
            case SimulatedFault.ShippedAfterCancel:
                ShipAfterCancel(Lock(knownAt));
                return;
        }

        var lockedAt = Lock(knownAt);
        if (IsStopped(lockedAt, stopAt))
        {
            return;
        }

        if (fate == SimulatedFault.OutboundOrderMissing)
        {
            _faults.Add(new(SimulatedFault.OutboundOrderMissing, Release));
            return;
        }

        var labelledAt = Label(ReleaseAt(lockedAt));
        if (fate == SimulatedFault.SignedNeverShipped)
        {
            _faults.Add(new(SimulatedFault.SignedNeverShipped, DeliveryClaimed));
            Claim(After(labelledAt, 20, 60, TimeSpan.FromHours(1)));
            return;
        }

        if (stopAt is { } stop && stop < labelledAt + TimeSpan.FromHours(8))
        {
            // The money went back before the parcel was handed over, so the warehouse takes it out again.
            Add(
                Intercepted, "wms", After(stop > labelledAt ? stop : labelledAt, 10, 60, TimeSpan.FromMinutes(1)),
                f => f with { Evidence = _outbound });
            return;
        }

        var leftAt = Hand(labelledAt);
        Report("channel", "卖家已发货", Shipped, After(leftAt, 1, 15, TimeSpan.FromMinutes(1)), 0.3);
        if (fate == SimulatedFault.CarrierScanMissing)
        {
            _faults.Add(new(SimulatedFault.CarrierScanMissing, InTransit));
            return;
        }

        var arrivedAt = Carry(leftAt);
        End(arrivedAt, stopAt is not null);
        if (fate == SimulatedFault.StatusOverwritten)
        {
            _faults.Add(new(SimulatedFault.StatusOverwritten, StatusReported));
            Report(
                "erp", "已取消", Cancelled, After(leftAt, 1, 10, TimeSpan.FromHours(1)), 1,
                "erp-user-" + random.Between(11, 49).ToString(CultureInfo.InvariantCulture));
        }
        else if (fate is null && random.Chance(options.Faults.StaleReport))
        {
            _faults.Add(new(SimulatedFault.StaleReport, StatusReported));
            Report("erp", "待审核", AwaitingReview, After(leftAt, 2, 30, TimeSpan.FromHours(1)), 1);
        }
    }

    private void MissPayment()
    {
        _isPaid = true;
        _faults.Add(new(SimulatedFault.PaymentMissing, Captured));
        Report("channel", "买家已付款", Paid, After(sale.PlacedAt, 5, 40, TimeSpan.FromMinutes(1)), 1);
    }

    private void PayAfterClose()
    {
        var closedAt = Add(
            PaymentClosed, "pay", After(sale.PlacedAt, 30, 120, TimeSpan.FromMinutes(1)),
            f => f with { Reference = sale.TradeNumber, Evidence = random.Digits("CLS", 10), RawStatus = "TRADE_CLOSED" });
        _faults.Add(new(SimulatedFault.PaidAfterClose, Captured));
        Pay(After(closedAt, 10, 5_000, TimeSpan.FromSeconds(1)), null);
    }

    private void ShipAfterCancel(DateTimeOffset lockedAt)
    {
        var cancelledAt = Add(
            Cancel, "crm", After(lockedAt, 5, 50, TimeSpan.FromMinutes(1)),
            f => f with { Id = random.Digits("CX", 8), RawStatus = "buyer-changed-mind" });
        _faults.Add(new(SimulatedFault.ShippedAfterCancel, Outbound));
        var leftAt = Leave(After(cancelledAt, 1, 8, TimeSpan.FromHours(1)));
        Scan(After(leftAt, 1, 9, TimeSpan.FromHours(1)));
    }

    private DateTimeOffset Pay(DateTimeOffset paidAt, TimeSpan? late)
    {
        _isPaid = true;
        _captured = sale.Amount;
        var document = random.Digits("22", 14);
        return Add(Captured, "pay", paidAt, f => f with
        {
            Reference = sale.TradeNumber,
            Evidence = document,
            Amount = sale.Amount,
            RawStatus = "TRADE_SUCCESS",
            Links = [new OrderReference(sale.Order.Tenant, ReferenceKind.Payment, document)],
        }, late);
    }

    /// <summary>Pays the money back; returns when, if it was all of it.</summary>
    private DateTimeOffset? Refund(DateTimeOffset paidAt)
    {
        DateTimeOffset? stopAt = null;
        foreach (var back in sale.Returns)
        {
            var refundedAt = After(back.At > paidAt ? back.At : paidAt, 1, 20, TimeSpan.FromHours(1));
            _refunded += back.Amount;
            var toldAt = Add(RefundPaid, "pay", refundedAt, f => f with
            {
                Reference = sale.TradeNumber,
                Evidence = $"RF-{back.Number}",
                Amount = back.Amount,
                Quantity = back.Quantity,
                RawStatus = "REFUND_SUCCESS",
                Links = [new OrderReference(sale.Order.Tenant, ReferenceKind.AfterSale, back.Number)],
            });
            if (_refunded >= sale.Amount && stopAt is null)
            {
                stopAt = toldAt;
            }
        }

        return stopAt;
    }

    private static bool IsStopped(DateTimeOffset at, DateTimeOffset? stopAt) => stopAt is { } stop && stop <= at;

    private DateTimeOffset Lock(DateTimeOffset from) =>
        Add(
            StockLocked, "stock", After(from, 30, 300, TimeSpan.FromSeconds(1)),
            f => f with { Evidence = random.Digits("LK", 10), Quantity = sale.Quantity });

    private DateTimeOffset ReleaseAt(DateTimeOffset from)
    {
        var at = After(from, 1, 10, TimeSpan.FromMinutes(1));
        var id = random.Digits("REL", 9);
        return options.ReleasesOrders ? Add(Release, "erp", at, f => f with { Id = id }) : at;
    }

    private DateTimeOffset Label(DateTimeOffset from) =>
        Add(WaybillAssigned, "wms", After(from, 20, 90, TimeSpan.FromMinutes(1)), f => f with
        {
            Evidence = _waybill,
            Links = [new OrderReference(sale.Order.Tenant, ReferenceKind.Waybill, _waybill)],
        });

    private DateTimeOffset Hand(DateTimeOffset from)
    {
        var packedAt = Add(
            Packed, "wms", After(from, 10, 180, TimeSpan.FromMinutes(1)),
            f => f with { Evidence = random.Digits("PK", 10), Quantity = sale.Quantity });
        return Leave(After(packedAt, 10, 240, TimeSpan.FromMinutes(1)));
    }

    private DateTimeOffset Leave(DateTimeOffset at)
    {
        _hasLeft = true;
        return Add(Outbound, "wms", at, f => f with
        {
            Evidence = _outbound,
            Quantity = sale.Quantity,
            Links =
            [
                new OrderReference(sale.Order.Tenant, ReferenceKind.Outbound, _outbound),
                new OrderReference(sale.Order.Tenant, ReferenceKind.Waybill, _waybill),
            ],
        });
    }

    private DateTimeOffset Carry(DateTimeOffset leftAt)
    {
        var first = Scan(After(leftAt, 1, 10, TimeSpan.FromHours(1)));
        var second = Scan(After(first, 6, 30, TimeSpan.FromHours(1)));
        _hasArrived = true;
        return Claim(After(second, 2, 30, TimeSpan.FromHours(1)));
    }

    private DateTimeOffset Scan(DateTimeOffset at) =>
        Add(InTransit, "carrier", at, f => f with { Reference = Waybill(), Id = random.Digits("SC", 12), RawStatus = "运输中" });

    private DateTimeOffset Claim(DateTimeOffset at) =>
        Add(DeliveryClaimed, "carrier", at, f => f with { Reference = Waybill(), Id = random.Digits("SC", 12), RawStatus = "已签收" });

    private void End(DateTimeOffset claimedAt, bool comesBack)
    {
        if (comesBack)
        {
            Add(
                GoodsBack, "wms", After(claimedAt, 2, 6, TimeSpan.FromDays(1)),
                f => f with { Evidence = random.Digits("RK", 10), Quantity = sale.Quantity });
            return;
        }

        if (random.Chance(0.9))
        {
            Add(
                DeliveryVerified, "verdict", After(claimedAt, 10, 1_200, TimeSpan.FromMinutes(1)),
                f => f with { Evidence = random.Digits("VD", 10), Quantity = sale.Quantity });
        }

        if (random.Chance(0.7))
        {
            Add(
                Finished, "channel", After(claimedAt, 2, 6, TimeSpan.FromDays(1)),
                f => f with { Evidence = sale.Number, RawStatus = "TRADE_FINISHED" });
        }
    }

    private void Report(string system, string rawStatus, int state, DateTimeOffset at, double chance, string? operatorId = null)
    {
        if (random.Chance(chance))
        {
            Add(
                StatusReported, system, at,
                f => f with { Id = random.Digits("ST", 10), RawStatus = rawStatus, ReportedState = state, Operator = operatorId });
        }
    }

    /// <summary>Repeats messages, swaps them, and sets a clock ahead. Facts themselves stay as they are.</summary>
    private void DisturbDelivery(bool isPlain)
    {
        if (isPlain && sale.Returns.Count == 0 && random.Chance(options.Faults.OutOfOrder))
        {
            Swap();
        }

        if (random.Chance(options.Faults.ClockAhead))
        {
            var index = (int)random.Between(0, _told.Count - 1);
            var message = _told[index];
            var ahead = random.Between(TimeSpan.FromMinutes(10), TimeSpan.FromHours(26));
            _told[index] = message with { Fact = message.Fact with { OccurredAt = message.ArrivesAt + ahead } };
            _faults.Add(new(SimulatedFault.ClockAhead, message.Fact.Trigger, ahead));
        }

        if (random.Chance(options.Faults.MessageRepeated))
        {
            var message = random.Pick(_told);
            var times = random.Between(1, 3);
            var arrivesAt = message.ArrivesAt;
            for (var n = 0; n < times; n++)
            {
                arrivesAt += random.Between(TimeSpan.FromSeconds(5), TimeSpan.FromHours(2));
                _told.Add(message with { ArrivesAt = arrivesAt });
            }

            _faults.Add(new(SimulatedFault.MessageRepeated, message.Fact.Trigger, arrivesAt - message.ArrivesAt));
        }

        if (random.Chance(options.Faults.ToldByAnotherPath) && _told.Find(static m => m.Fact.Trigger == Captured) is { } payment)
        {
            var after = random.Between(TimeSpan.FromSeconds(30), TimeSpan.FromHours(2));
            _told.Add(new(payment.ArrivesAt + after, payment.Fact with { TraceId = Trace(), ResponseCode = "QUERY-200" }));
            _faults.Add(new(SimulatedFault.ToldByAnotherPath, Captured, after));
        }
    }

    private void Swap()
    {
        // Neighbours in the order of arrival; the second one overtakes the first.
        var order = Enumerable.Range(0, _told.Count).OrderBy(i => _told[i].ArrivesAt).ToList();
        if (order.Count < 2)
        {
            return;
        }

        var at = (int)random.Between(0, order.Count - 2);
        var (first, second) = (order[at], order[at + 1]);
        var delay = _told[second].ArrivesAt - _told[first].ArrivesAt + TimeSpan.FromSeconds(random.Between(1, 120));
        _told[first] = _told[first] with { ArrivesAt = _told[first].ArrivesAt + delay };
        _faults.Add(new(SimulatedFault.OutOfOrder, _told[first].Fact.Trigger, delay));
    }

    /// <summary>Adds a message; returns when it arrives.</summary>
    private DateTimeOffset Add(string trigger, string system, DateTimeOffset at, Func<OrderFact, OrderFact> say, TimeSpan? late = null)
    {
        var source = system == "channel" ? $"channel-{sale.Order.Order.Channel.Value.ToLowerInvariant()}" : system;
        var arrivesAt = at + (late ?? TimeSpan.FromSeconds(random.Between(1, 20)));
        var fact = say(new OrderFact
        {
            Trigger = trigger,
            Source = options.SourcePrefix + source,
            OccurredAt = at,
            TraceId = Trace(),
            ResponseCode = "200",
        });
        _told.Add(new(arrivesAt, fact.Reference is null ? fact with { Order = sale.Order } : fact));
        return arrivesAt;
    }

    private OrderReference Waybill() => new(sale.Order.Tenant, ReferenceKind.Waybill, _waybill);

    private DateTimeOffset After(DateTimeOffset from, long least, long most, TimeSpan unit) =>
        from + random.Between(least * unit, most * unit);

    private string Trace() => string.Create(CultureInfo.InvariantCulture, $"{random.Next():x16}{random.Next():x16}");
}
