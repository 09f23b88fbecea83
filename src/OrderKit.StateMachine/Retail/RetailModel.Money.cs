using OrderKit.Core;
using static OrderKit.StateMachine.Counter;

namespace OrderKit.StateMachine;

internal static partial class RetailModel
{
    private static void DescribeMoney(OrderModelBuilder m, PayStates pay, GoodsStates goods, RetailCases cases)
    {
        // Money that came in is never refused; where the order stands follows from the sums.
        m.Fact("captured", pay.Facet).AddsAmount(Captured, Due).KeyedBy(ReferenceKind.Payment)
            .From(pay.Unpaid, pay.DepositPaid)
                .To(pay.Overpaid, "surplus", IsSurplus).To(pay.Paid, "settled", IsSettled)
                .Stay("no-money", HasNoMoney).To(pay.DepositPaid, "presale", IsPresale).To(pay.PartPaid)
            .From(pay.PartPaid, pay.Authorized)
                .To(pay.Overpaid, "surplus", IsSurplus).To(pay.Paid, "settled", IsSettled).Stay("no-money", HasNoMoney).To(pay.PartPaid)
            .From(pay.CodAccepted, pay.OnTerms)
                .To(pay.Overpaid, "surplus", IsSurplus).To(pay.Paid, "settled", IsSettled).Stay()
            .From(pay.NothingDue, pay.ClosedUnpaid)
                .To(pay.Overpaid, "surplus", IsSurplus).Stay()
            .From(pay.Paid, pay.Overpaid, pay.PartRefunded, pay.Refunded)
                .To(pay.Overpaid, "surplus", IsSurplus).To(pay.Paid, "settled", IsSettled)
                .To(pay.PartRefunded, "part-refunded", IsPartRefunded).To(pay.Refunded, "refunded", IsFullyRefunded).To(pay.Paid)
            .From(pay.Disputed).Stay()
            .Releases(
                RetailHolds.BalanceDue, "all-paid", static (in DecisionContext c) => c.Counter(Due) > 0 && Net(in c) >= c.Counter(Due))
            .Contradicts(cases.PaidAfterClose, "was-closed", static (in DecisionContext c) => c.Before.States[0] == 140 && IsSurplus(in c))
            .Contradicts(
                cases.PaidAfterCancel, "was-cancelled",
                static (in DecisionContext c) => c.Before.States[0] != 140 && c.IsIn(290) && Net(in c) > 0)
            .Contradicts(
                cases.DuplicateCharge, "nothing-was-due",
                static (in DecisionContext c) => c.Before.States[0] != 140 && WasSettled(in c) && IsSurplus(in c))
            .Contradicts(
                cases.Overpaid, "surplus",
                static (in DecisionContext c) => c.Before.States[0] != 140 && !WasSettled(in c) && IsSurplus(in c));

        m.Fact("refund-paid", pay.Facet).AddsAmount(Refunded, Captured).KeyedBy(ReferenceKind.AfterSale)
            .From(pay.DepositPaid, pay.PartPaid)
                .To(pay.Overpaid, "surplus", IsSurplus).To(pay.Paid, "settled", IsSettled)
                .To(pay.Refunded, "refunded", IsFullyRefunded).Stay()
            .From(pay.Unpaid, pay.Authorized, pay.CodAccepted, pay.OnTerms, pay.NothingDue, pay.ClosedUnpaid,
                pay.Paid, pay.Overpaid, pay.PartRefunded, pay.Refunded)
                .To(pay.Overpaid, "surplus", IsSurplus).To(pay.Paid, "settled", IsSettled)
                .To(pay.PartRefunded, "part-refunded", IsPartRefunded).Stay(
                    "nothing-refunded", static (in DecisionContext c) => c.Counter(Refunded) == 0)
                .To(pay.Refunded)
            .From(pay.Disputed).Stay()
            .From(goods.AwaitingReview, goods.StockLocked, goods.Backordered)
                .To(goods.Cancelled, "refunded", IsFullyRefunded).Stay()
            .From(goods.Released, goods.Labelled, goods.Packed)
                .To(goods.Intercepting, "refunded", IsFullyRefunded).Stay()
            .Contradicts(
                cases.RefundWithoutCapture, "exceeds-capture", static (in DecisionContext c) => c.Counter(Refunded) > c.Counter(Captured));

        m.Fact("authorised", pay.Facet).Lands(pay.Authorized)
            .From(pay.Unpaid).To(pay.Authorized);
        m.Fact("auth-lapsed", pay.Facet)
            .From(pay.Authorized).To(pay.Unpaid)
            .From(pay.Paid, pay.Overpaid, pay.PartRefunded, pay.Refunded, pay.Disputed, pay.ClosedUnpaid).Late();

        // A close that arrives after money is a contradiction; after a full refund it is how providers name the end.
        m.Fact("payment-closed", pay.Facet).Lands(pay.ClosedUnpaid).Clears(Due)
            .From(pay.Unpaid, pay.Authorized, pay.CodAccepted, pay.OnTerms, pay.NothingDue).To(pay.ClosedUnpaid)
            .From(pay.DepositPaid, pay.PartPaid)
                .To(pay.ClosedUnpaid, "no-money", HasNoMoney).To(pay.Overpaid)
            .From(pay.Refunded).Late()
            .From(pay.Paid, pay.Overpaid, pay.PartRefunded, pay.Disputed).Contradicts(cases.ClosedAfterPaid)
            .From(goods.AwaitingReview, goods.StockLocked, goods.Backordered).To(goods.Cancelled)
            .From(goods.Released, goods.Labelled, goods.Packed).To(goods.Intercepting);
        m.Fact("deposit-forfeited", pay.Facet).Lands(pay.ClosedUnpaid).Clears(Due)
            .From(pay.DepositPaid).To(pay.ClosedUnpaid)
            .From(
                pay.Unpaid, pay.Authorized, pay.CodAccepted, pay.OnTerms, pay.NothingDue, pay.PartPaid, pay.Paid, pay.Overpaid,
                pay.PartRefunded,
                pay.Refunded, pay.Disputed).Contradicts(cases.ClosedAfterPaid)
            .From(goods.AwaitingReview, goods.StockLocked, goods.Backordered).To(goods.Cancelled);

        m.Fact("dispute-opened", pay.Facet).Lands(pay.Disputed)
            .From(pay.Paid, pay.Overpaid, pay.PartRefunded, pay.Refunded).To(pay.Disputed)
            .From(pay.Unpaid, pay.DepositPaid, pay.PartPaid, pay.Authorized, pay.CodAccepted, pay.OnTerms, pay.NothingDue, pay.ClosedUnpaid)
                .Contradicts(cases.DisputeImpossible);
        m.Fact("dispute-ended", pay.Facet)
            .From(pay.Disputed)
                .To(pay.Overpaid, "surplus", IsSurplus).To(pay.Paid, "settled", IsSettled)
                .To(pay.PartRefunded, "part-refunded", IsPartRefunded).To(pay.Refunded, "refunded", IsFullyRefunded).To(pay.Paid)
            .From(pay.Unpaid, pay.DepositPaid, pay.PartPaid, pay.Authorized, pay.CodAccepted, pay.OnTerms, pay.NothingDue, pay.ClosedUnpaid,
                pay.Paid, pay.Overpaid, pay.PartRefunded, pay.Refunded).Late();

        m.Fact("amended").SetsAmount(Due).SetsQuantity(Ordered);
    }

    // Money that comes on top of a payment in full is no rounding: somebody was charged twice.
    private static bool WasSettled(in DecisionContext c) =>
        c.Before.Counters.Due > 0 && c.Before.Counters.Captured - c.Before.Counters.Refunded >= c.Before.Counters.Due;
}
