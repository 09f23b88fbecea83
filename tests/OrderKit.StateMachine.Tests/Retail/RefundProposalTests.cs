using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine.Tests.Retail;

public sealed class RefundProposalTests
{
    private static readonly StoredOrder Order = new()
    {
        Key = new OrderKey(TenantId.Default, OrderId.Derive(new ChannelCode("TB"), "1")),
        Snapshot = default,
        Currency = Currency.CNY,
        Headline = "",
        PlacedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
    };

    [Fact]
    public void A_second_payment_is_proposed_as_a_whole() =>
        Assert.Equal([("alipay", "T2", 1000L)], Propose(due: 1000, refunded: 0, goods: 200, ("alipay", "T1", 1000), ("alipay", "T2", 1000)));

    [Fact]
    public void A_surplus_is_taken_from_the_latest_payments_first() =>
        Assert.Equal([("wechatpay", "W1", 300L), ("alipay", "T2", 200L)], Propose(due: 1000, refunded: 0, goods: 200, ("alipay", "T1", 800), ("alipay", "T2", 400), ("wechatpay", "W1", 300)));

    [Fact]
    public void What_went_back_already_is_not_proposed_again() =>
        Assert.Equal([("alipay", "T2", 400L)], Propose(due: 1000, refunded: 600, goods: 200, ("alipay", "T1", 1000), ("alipay", "T2", 1000)));

    [Fact]
    public void An_order_that_is_cancelled_is_due_nothing() =>
        Assert.Equal([("alipay", "T1", 1000L)], Propose(due: 1000, refunded: 0, goods: 290, ("alipay", "T1", 1000)));

    [Fact]
    public void Without_a_surplus_nothing_is_proposed() => Assert.Empty(Propose(due: 1000, refunded: 0, goods: 200, ("alipay", "T1", 1000)));

    private static IEnumerable<(string Source, string? Payment, long Amount)> Propose(long due, long refunded, int goods, params (string Source, string Payment, long Amount)[] payments)
    {
        var snapshot = new OrderSnapshot
        {
            States = default(StateCodes).With(0, 109).With(1, goods),
            Counters = new OrderCounters(due, payments.Sum(payment => payment.Amount), refunded, 0, 0, 0, 0, 0),
        };
        var journal = payments.Select((payment, i) => Row(i + 1, payment)).ToList();
        return RefundProposal.Of(Order with { Snapshot = snapshot }, journal).Select(proposal => (proposal.Source, proposal.Payment, proposal.Amount.MinorUnits));
    }

    private static JournalEntry Row(long version, (string Source, string Payment, long Amount) payment) => new()
    {
        Version = version,
        IsTransition = true,
        Model = default,
        Trigger = "captured",
        Standing = FactStanding.Fact,
        Kind = DecisionKind.Applied,
        Reason = DecisionReason.Expected,
        States = default,
        MovedFacets = 0,
        Holds = 0,
        Cases = 0,
        Anchors = 0,
        Profile = 0,
        First = new CounterChange((int)Counter.Captured, payment.Amount),
        Second = CounterChange.None,
        Source = payment.Source,
        FactId = payment.Payment,
        Evidence = payment.Payment,
        RecordedAt = DateTimeOffset.UnixEpoch,
    };
}
