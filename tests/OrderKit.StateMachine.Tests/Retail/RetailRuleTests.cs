using System.Globalization;
using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine.Tests;

/// <summary>The tables of docs/retail-model.md for whole orders, row by row.</summary>
public sealed class RetailRuleTests
{
    private const DecisionKind Ok = DecisionKind.Applied, Again = DecisionKind.AlreadyApplied, Late = DecisionKind.Late, Early = DecisionKind.Early,
        Odd = DecisionKind.Contradictory, No = DecisionKind.Rejected, Guarded = DecisionKind.GuardFailed;

    // An order of 1000 for two pieces. A trigger may carry an amount, pieces (#1) and the word that what it revokes is known (!).
    public static TheoryData<string, string, string, string, DecisionKind, string> Rows => new()
    {
        { "Captured by sums: all", "100/200", "captured 1000", "101/200", Ok, "" },
        { "Captured by sums: a part", "100/200", "captured 400", "103/200", Ok, "" },
        { "Captured by sums: a presale's deposit", "PRESALE 100/200", "captured 300", "102/200", Ok, "" },
        { "Captured by sums: a presale's balance", "102/200", "captured 700", "101/200", Ok, "" },
        { "Captured by sums: the rest of the parts", "103/200", "captured 600", "101/200", Ok, "" },
        { "Captured by sums: one more part", "103/200", "captured 100", "103/200", Ok, "" },
        { "Captured by sums: nothing", "100/200", "captured 0", "100/200", Ok, "" },
        { "Captured by sums: more than is due", "100/200", "captured 1200", "109/200", Odd, "overpaid" },
        { "Captured by sums: more than the rest", "103/200", "captured 700", "109/200", Odd, "overpaid" },
        { "Captured of an authorised amount", "104/200", "captured 1000", "101/200", Ok, "" },
        { "Captured, COD remittance too", "105/309", "captured 1000", "101/309", Ok, "" },
        { "Captured, a part of a COD remittance", "105/309", "captured 400", "105/309", Ok, "" },
        { "Captured on terms", "106/309", "captured 1000", "101/309", Ok, "" },
        { "Captured although nothing is due", "107/200", "captured 100", "109/200", Odd, "overpaid" },
        { "A second successful trade is recorded as money and never fires Paid again", "101/200", "captured 1000", "109/200", Odd, "duplicate-charge" },
        { "A second successful trade after shipment leaves the goods alone", "101/303", "captured 1000", "109/303", Odd, "duplicate-charge" },
        { "Captured again after a part was refunded", "120/303", "captured 300", "101/303", Ok, "" },
        { "Captured after a full refund of a cancelled order", "121/290", "captured 1000", "101/290", Odd, "paid-after-cancel" },
        { "Captured during a dispute stays disputed", "130/303", "captured 100", "130/303", Odd, "duplicate-charge" },
        { "ClosedUnpaid still accepts Captured", "140/290", "captured 1000", "109/290", Odd, "paid-after-close" },
        { "Captured for goods that were cancelled before", "100/290", "captured 1000", "101/290", Odd, "paid-after-cancel" },

        { "Authorised", "100/200", "authorised", "104/200", Ok, "" },
        { "Authorised after the money is late", "101/200", "authorised", "101/200", Late, "" },
        { "AuthLapsed", "104/200", "auth-lapsed", "100/200", Ok, "" },
        { "AuthLapsed after the money is late", "101/200", "auth-lapsed", "101/200", Late, "" },

        { "PaymentClosed of Unpaid", "100/200", "payment-closed", "140/290", Ok, "" },
        { "PaymentClosed of Authorized", "104/200", "payment-closed", "140/290", Ok, "" },
        { "PaymentClosed of CodAccepted", "105/200", "payment-closed", "140/290", Ok, "" },
        { "PaymentClosed of OnTerms", "106/201", "payment-closed", "140/290", Ok, "" },
        { "PaymentClosed of NothingDue", "107/210", "payment-closed", "140/290", Ok, "" },
        { "PaymentClosed while the warehouse works", "100/204", "payment-closed", "140/306", Ok, "" },
        { "PaymentClosed with a deposit in makes a surplus", "102/200", "payment-closed", "109/290", Ok, "" },
        { "PaymentClosed with a part in makes a surplus", "103/200", "payment-closed", "109/290", Ok, "" },
        { "A forfeited deposit is closed", "102/200", "deposit-forfeited", "140/290", Ok, "" },
        { "PaymentClosed of a paid order contradicts it", "101/200", "payment-closed", "101/200", Odd, "closed-after-paid" },
        { "PaymentClosed of an overpaid order contradicts it", "109/200", "payment-closed", "109/200", Odd, "closed-after-paid" },
        { "PaymentClosed after a full refund is how providers name the end", "121/290", "payment-closed", "121/290", Late, "" },
        { "PaymentClosed again", "140/290", "payment-closed", "140/290", Again, "" },

        { "RefundPaid in part", "101/303", "refund-paid 300", "120/303", Ok, "" },
        { "RefundPaid in full moves no shipped goods", "101/303", "refund-paid 1000", "121/303", Ok, "" },
        { "RefundPaid of the rest", "120/303", "refund-paid 700", "121/303", Ok, "" },
        { "RefundPaid without an amount is all", "101/303", "refund-paid", "121/303", Ok, "" },
        { "RefundPaid in full cancels unshipped goods", "101/200", "refund-paid 1000", "121/290", Ok, "" },
        { "RefundPaid in full cancels locked goods", "101/201", "refund-paid 1000", "121/290", Ok, "" },
        { "RefundPaid in full asks the warehouse to stop", "101/204", "refund-paid 1000", "121/306", Ok, "" },
        { "RefundPaid in full stops a packed order", "101/202", "refund-paid 1000", "121/306", Ok, "" },
        { "RefundPaid in part goes on fulfilling", "101/202", "refund-paid 1", "120/202", Ok, "" },
        { "RefundPaid of the surplus", "109/200", "refund-paid 200", "101/200", Ok, "" },
        { "RefundPaid of a part of the surplus", "109/200", "refund-paid 150", "109/200", Ok, "" },
        { "RefundPaid of a part payment in part clears nothing", "103/200", "refund-paid 100", "103/200", Ok, "" },
        { "RefundPaid of a part payment in full", "103/200", "refund-paid 400", "121/290", Ok, "" },
        { "RefundPaid of a deposit in full", "102/200", "refund-paid 300", "121/290", Ok, "" },
        { "RefundPaid of more than came in", "101/303", "refund-paid 1001", "121/303", Odd, "refund-exceeds-capture" },
        { "RefundPaid during a dispute stays disputed", "130/303", "refund-paid 1000", "130/303", Ok, "" },

        { "DisputeOpened of Paid leaves the goods", "101/303", "dispute-opened", "130/303", Ok, "" },
        { "DisputeOpened of Overpaid", "109/305", "dispute-opened", "130/305", Ok, "" },
        { "DisputeOpened of PartRefunded", "120/309", "dispute-opened", "130/309", Ok, "" },
        { "DisputeOpened before release leaves the goods too", "101/200", "dispute-opened", "130/200", Ok, "" },
        { "DisputeOpened again", "130/303", "dispute-opened", "130/303", Again, "" },
        { "DisputeOpened without money is impossible", "100/200", "dispute-opened", "100/200", Odd, "dispute-without-payment" },
        { "DisputeEnded in our favour", "130/303", "dispute-ended", "101/303", Ok, "" },
        { "DisputeEnded without one is late", "101/303", "dispute-ended", "101/303", Late, "" },

        { "GroupFailed cancels", "101/200", "group-failed", "101/290", Ok, "" },

        { "StockLocked", "101/200", "stock-locked", "101/201", Ok, "" },
        { "StockLocked after a shortage", "101/210", "stock-locked", "101/201", Ok, "" },
        { "StockLocked again", "101/201", "stock-locked", "101/201", Again, "" },
        { "StockLocked after release is late", "101/204", "stock-locked", "101/204", Late, "" },
        { "Short", "101/200", "stock-short", "101/210", Ok, "" },
        { "Short after it was locked", "101/201", "stock-short", "101/210", Ok, "" },
        { "Short after shipment is late", "101/303", "stock-short", "101/303", Late, "" },
        { "Stock unknown: a degraded false is not short", "101/200", "stock-unknown", "101/200", Ok, "" },

        { "Released from review", "101/200", "release", "101/204", Ok, "" },
        { "Released from locked stock", "101/201", "release", "101/204", Ok, "" },
        { "Released when authorised", "104/201", "release", "104/204", Ok, "" },
        { "Released on COD", "105/201", "release", "105/204", Ok, "" },
        { "Released on terms", "106/201", "release", "106/204", Ok, "" },
        { "Released with nothing due", "107/201", "release", "107/204", Ok, "" },
        { "Released with a part refunded", "120/201", "release", "120/204", Ok, "" },
        { "Released with a surplus over what is due", "109/201", "release", "109/204", Ok, "" },
        { "Not released unpaid", "100/201", "release", "100/201", Guarded, "" },
        { "Not released with a part payment", "103/201", "release", "103/201", Guarded, "" },
        { "Not released while the balance is held", "102/201", "release", "102/201", Guarded, "" },
        { "Not released while disputed", "130/201", "release", "130/201", Guarded, "" },
        { "Not released while short of stock", "101/210", "release", "101/210", No, "" },
        { "Not released twice over", "101/202", "release", "101/202", No, "" },
        { "Released again", "101/204", "release", "101/204", Again, "" },

        { "Waybill assigned", "101/204", "waybill-assigned", "101/203", Ok, "" },
        { "Waybill replaced is an attribute", "101/202", "waybill-assigned", "101/202", Ok, "" },
        { "Waybill voided", "101/203", "waybill-voided", "101/204", Ok, "" },
        { "Waybill voided after shipment is an attribute", "101/303", "waybill-voided", "101/303", Ok, "" },

        { "Packed from locked stock", "101/201", "packed", "101/202", Ok, "" },
        { "Packed from release", "101/204", "packed", "101/202", Ok, "" },
        { "Packed with a label", "101/203", "packed", "101/202", Ok, "" },
        { "Packed before review is early", "101/200", "packed", "101/202", Early, "" },
        { "Packed after shipment is late", "101/303", "packed", "101/303", Late, "" },
        { "Packed although cancelled", "101/290", "packed", "101/202", Odd, BuiltInCases.UnexpectedFact },
        { "Packed while it is being stopped", "101/306", "packed", "101/306", Ok, "" },

        { "Outbound of all", "101/202", "outbound", "101/303", Ok, "" },
        { "Outbound of a part", "101/202", "outbound #1", "101/302", Ok, "" },
        { "Outbound of the other part", "101/302", "outbound #1", "101/303", Ok, "" },
        { "Outbound from release", "101/204", "outbound", "101/303", Ok, "" },
        { "Outbound before review", "101/200", "outbound", "101/303", Ok, "" },
        { "Outbound short of stock", "101/210", "outbound", "101/303", Ok, "" },
        { "Outbound on COD", "105/202", "outbound", "105/303", Ok, "" },
        { "Outbound although it was to be stopped", "101/306", "outbound", "101/303", Ok, "" },
        { "Outbound although cancelled is applied with a case", "101/290", "outbound", "101/303", Odd, "shipped-after-cancel" },
        { "Outbound although not cleared is applied with a case", "100/202", "outbound", "100/303", Odd, "shipped-not-cleared" },
        { "Outbound after a full refund is applied with a case", "121/306", "outbound", "121/303", Odd, "shipped-not-cleared" },
        { "Outbound during a dispute is applied with a case", "130/202", "outbound", "130/303", Odd, "shipped-not-cleared" },
        { "Outbound of what was split or merged", "101/291", "outbound", "101/303", Odd, BuiltInCases.UnexpectedFact },
        { "Outbound after the first scan is late", "101/305", "outbound", "101/305", Late, "" },

        { "OutboundRevoked goes back to the pack record", "101/303", "outbound-revoked!", "101/202", Ok, "" },
        { "OutboundRevoked of the only part", "101/302", "outbound-revoked!", "101/202", Ok, "" },
        { "OutboundRevoked of one part of two", "101/303", "outbound-revoked! #1", "101/302", Ok, "" },
        { "OutboundRevoked only before the first carrier scan", "101/305", "outbound-revoked!", "101/305", Odd, BuiltInCases.UnexpectedFact },
        { "OutboundRevoked only by who told it", "101/303", "outbound-revoked", "101/303", Odd, BuiltInCases.NothingToRevoke },

        { "Cancel in review", "101/200", "cancel", "101/290", Ok, "" },
        { "Cancel with locked stock", "101/201", "cancel", "101/290", Ok, "" },
        { "Cancel short of stock", "101/210", "cancel", "101/290", Ok, "" },
        { "Cancel after release must be confirmed", "101/204", "cancel", "101/306", Ok, "" },
        { "Cancel with a label must be confirmed", "101/203", "cancel", "101/306", Ok, "" },
        { "Cancel packed must be confirmed", "101/202", "cancel", "101/306", Ok, "" },
        { "Cancel shipped asks the carrier", "101/303", "cancel", "101/306", Ok, "" },
        { "Cancel in transit asks the carrier", "101/305", "cancel", "101/306", Ok, "" },
        { "Cancel again", "101/290", "cancel", "101/290", Again, "" },
        { "Cancel again while it is being stopped", "101/306", "cancel", "101/306", Again, "" },
        { "Cancel at the pick-up point is too late", "101/307", "cancel", "101/307", No, "" },
        { "Cancel delivered is too late", "101/309", "cancel", "101/309", No, "" },
        { "Cancel completed is too late", "101/390", "cancel", "101/390", No, "" },
        { "The warehouse confirms the cancel", "101/306", "intercepted", "101/290", Ok, "" },
        { "The warehouse could not stop it", "101/306", "intercept-failed", "101/202", Ok, "" },

        { "First carrier scan", "101/303", "in-transit", "101/305", Ok, "" },
        { "First carrier scan of a part", "101/302", "in-transit", "101/305", Ok, "" },
        { "Carrier scan again", "101/305", "in-transit", "101/305", Again, "" },
        { "Carrier scan before the outbound is early", "101/202", "in-transit", "101/305", Early, "" },
        { "Carrier scan of unpaid goods that never left", "100/202", "in-transit", "100/305", Odd, "shipped-not-cleared" },
        { "To the pick-up point", "101/305", "at-pickup-point", "101/307", Ok, "" },
        { "Back from the pick-up point", "101/307", "in-transit", "101/305", Ok, "" },
        { "Delivery claimed", "101/305", "delivery-claimed", "101/308", Ok, "" },
        { "Delivery claimed at the pick-up point", "101/307", "delivery-claimed", "101/308", Ok, "" },
        { "Delivery claimed without a shipment", "101/202", "delivery-claimed", "101/308", Odd, "delivered-not-shipped" },
        { "Delivery claimed after the verdict is late", "101/309", "delivery-claimed", "101/309", Late, "" },
        { "In transit after the claim is late", "101/308", "in-transit", "101/308", Late, "" },
        { "Verified", "101/308", "delivery-verified", "101/309", Ok, "" },
        { "Refuted", "101/308", "delivery-refuted", "101/305", Odd, "delivery-refuted" },
        { "Delivered may be refuted, so it is no anchor", "101/309", "delivery-refuted", "101/305", Odd, "delivery-refuted" },

        { "Refused", "101/303", "refused", "101/311", Ok, "" },
        { "Refused in transit", "101/305", "refused", "101/311", Ok, "" },
        { "Refused after the claim", "101/308", "refused", "101/311", Ok, "" },
        { "COD refused is closed unpaid", "105/305", "refused", "140/311", Ok, "" },
        { "Refused what never left", "101/200", "refused", "101/200", Odd, "delivered-not-shipped" },
        { "GoodsBack", "101/311", "goods-back", "101/313", Ok, "" },
        { "GoodsBack without a word before", "101/305", "goods-back", "101/313", Ok, "" },
        { "GoodsBack again", "101/313", "goods-back", "101/313", Again, "" },
        { "Lost", "101/305", "lost", "101/314", Ok, "" },
        { "Lost on the way back", "101/311", "lost", "101/314", Ok, "" },
        { "Lost what never left", "101/200", "lost", "101/200", Odd, "lost-not-shipped" },
        { "Found again", "101/314", "in-transit", "101/305", Ok, "" },

        { "Collected in the shop", "101/200", "collected", "101/320", Ok, "" },
        { "Collected after packing", "101/202", "collected", "101/320", Ok, "" },
        { "Collected at the pick-up point", "101/307", "collected", "101/320", Ok, "" },
        { "CodeIssued", "101/200", "code-issued", "101/330", Ok, "" },
        { "CodeIssued from locked stock", "101/201", "code-issued", "101/330", Ok, "" },
        { "Redeemed", "101/330", "redeemed", "101/331", Ok, "" },

        { "Finished after shipment needs no verdict", "101/303", "finished", "101/390", Ok, "" },
        { "Finished in transit", "101/305", "finished", "101/390", Ok, "" },
        { "Finished after the claim", "101/308", "finished", "101/390", Ok, "" },
        { "Finished after delivery", "101/309", "finished", "101/390", Ok, "" },
        { "Finished after hand-over", "101/320", "finished", "101/390", Ok, "" },
        { "Finished after redemption", "101/331", "finished", "101/390", Ok, "" },
        { "Finished although nothing left", "101/200", "finished", "101/390", Odd, "finished-not-shipped" },
        { "Finished again", "101/390", "finished", "101/390", Again, "" },

        { "Split or merged", "101/200", "split-or-merge", "101/291", Ok, "" },
        { "Split or merged with locked stock", "101/201", "split-or-merge", "101/291", Ok, "" },
        { "Not split or merged for COD", "105/200", "split-or-merge", "105/200", Guarded, "" },
        { "Not split or merged after release", "101/204", "split-or-merge", "101/204", No, "" },

        { "Unpaid expires", "100/200", "unpaid-expired", "140/290", Ok, "" },
        { "A timer that comes after the money does nothing", "101/200", "unpaid-expired", "101/200", No, "" },
        { "A presale's balance is overdue", "102/200", "balance-expired", "102/200", Ok, "balance-overdue" },
        { "Paid and not handed over in time", "101/204", "ship-by-expired", "101/204", Ok, "ship-by-passed" },
        { "Not paid is no reason to ship", "100/200", "ship-by-expired", "100/200", Guarded, "" },
        { "Marked shipped and never scanned", "101/303", "first-scan-missing", "101/303", Ok, "no-first-scan" },
        { "Claimed and never judged", "101/308", "verdict-missing", "101/308", Ok, "verdict-overdue" },
    };

    [Theory, MemberData(nameof(Rows))]
    public void A_row_of_the_table_holds(string rule, string from, string trigger, string to, DecisionKind kind, string opened)
    {
        Assert.NotEmpty(rule);
        var order = RetailOrders.In(from);
        var before = order.Cases;
        var words = trigger.Split(' ');

        order.Tell(
            words[0].TrimEnd('!'),
            amount: words.Skip(1).Where(w => w[0] != '#').Select(w => (long?)long.Parse(w, CultureInfo.InvariantCulture)).FirstOrDefault(),
            quantity: words.Skip(1).Where(w => w[0] == '#').Select(w => (long?)long.Parse(w[1..], CultureInfo.InvariantCulture)).FirstOrDefault(),
            flags: words[0].EndsWith('!') ? FactFlags.RevokesKnownFact : FactFlags.None);

        Assert.Equal((to, kind), (order.At, order.Last.Kind));
        Assert.Equal(opened, string.Join(' ', order.Cases.Except(before)));
    }

    [Fact]
    public void Every_state_is_in_the_table()
    {
        var seen = Rows.SelectMany(row => new[] { (string)row[1], (string)row[3] })
            .SelectMany(text => text[(text.IndexOf(' ', StringComparison.Ordinal) + 1)..].Split('/')).Distinct();

        Assert.Empty(OrderModels.Retail.States.Select(s => s.Code.ToString(CultureInfo.InvariantCulture)).Except(seen));
    }

    [Fact]
    public void Every_trigger_that_moves_an_order_is_in_the_table()
    {
        var seen = Rows.Select(row => ((string)row[2]).Split(' ')[0].TrimEnd('!')).Distinct();

        Assert.Equal(["loss-settled"], OrderModels.Retail.Edges.Select(e => e.Trigger).Distinct().Except(seen));
    }

    [Fact]
    public void No_fact_is_refused_in_any_pair_of_states()
    {
        var model = OrderModels.Retail;
        var pays = model.States.Where(s => s.Facet == 0).Select(s => s.Code).ToList();
        var goods = model.States.Where(s => s.Facet == 1).Select(s => s.Code).ToList();
        foreach (var trigger in model.Triggers.Where(t => !t.IsCreation))
        {
            foreach (var (pay, good) in pays.SelectMany(p => goods.Select(g => (p, g))))
            {
                var order = new Walk(model).Order with { States = default(StateCodes).With(0, pay).With(1, good) };
                var decision = model.Decide(order, new FactArguments(trigger.Index, FactStanding.Fact, Flags: FactFlags.RevokesKnownFact));
                Assert.True(
                    decision.Kind is not (DecisionKind.Rejected or DecisionKind.GuardFailed), $"{trigger.Name} in {pay}/{good} is {decision.Kind}");
            }
        }
    }
}
