using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace OrderKit.Core.Tests;

public sealed class MoneyProperties
{
    private static readonly Arbitrary<Money> Addable = Generators.AddableMinorUnits.Select(n => new Money(n, Currency.CNY)).ToArbitrary();

    private static readonly Arbitrary<(Money Total, long[] Weights)> Allocations = (
        from minorUnits in Generators.MinorUnits
        from weights in Generators.Weights
        select (new Money(minorUnits, Currency.CNY), weights)).ToArbitrary();

    [Fact]
    public void Sums_do_not_depend_on_order_or_grouping() =>
        Prop.ForAll(Addable, Addable, Addable, (a, b, c) => (a + b) + c == a + (b + c) && a + b == b + a).Check(Generators.Config);

    [Fact]
    public void What_is_added_can_be_taken_away() =>
        Prop.ForAll(Addable, Addable, (a, b) =>
            a + b - b == a && a - b == a + -b && a + -a == Money.Zero(Currency.CNY) && -(-a) == a && a + Money.Zero(Currency.CNY) == a).Check(Generators.Config);

    [Fact]
    public void A_product_is_a_repeated_sum() =>
        Prop.ForAll(Gen.Choose(-1_000_000, 1_000_000).ToArbitrary(), Gen.Choose(0, 20).ToArbitrary(), (units, times) =>
        {
            var price = new Money(units, Currency.CNY);
            var sum = Enumerable.Repeat(price, times).Aggregate(Money.Zero(Currency.CNY), (a, b) => a + b);
            return price * times == sum && times * price == sum && price * -times == -sum;
        }).Check(Generators.Config);

    [Fact]
    public void Comparison_is_the_sign_of_the_difference() =>
        Prop.ForAll(Addable, Addable, (a, b) =>
            Math.Sign(a.CompareTo(b)) == Math.Sign((a - b).MinorUnits) && (a < b) == (b > a) && (a <= b) == !(a > b)).Check(Generators.Config);

    [Fact]
    public void Major_units_and_back_is_the_same_amount() =>
        Prop.ForAll(Generators.MinorUnits.ToArbitrary(), Generators.Currencies.ToArbitrary(), (units, currency) =>
        {
            var money = new Money(units, currency);
            return Money.FromMajor(money.ToMajor(), currency) == money;
        }).Check(Generators.Config);

    [Fact]
    public void Text_and_back_is_the_same_amount() =>
        Prop.ForAll(Generators.MinorUnits.ToArbitrary(), Gen.Elements("CNY", "JPY", "KWD", "CLF", "XXX").ToArbitrary(), (units, code) =>
        {
            var money = new Money(units, Currency.Of(code));
            return Money.TryParse(money.ToString(), out var read) && read == money;
        }).Check(Generators.Config);

    [Fact]
    public void Shares_always_add_up_to_the_whole() =>
        Prop.ForAll(Allocations, a => Sum(a.Total.Allocate(a.Weights)) == a.Total.MinorUnits).Check(Generators.Config);

    [Fact]
    public void A_share_is_less_than_one_unit_from_its_exact_value() =>
        Prop.ForAll(Allocations, a =>
        {
            var weights = Effective(a.Weights);
            var sum = weights.Aggregate(BigInteger.Zero, (total, w) => total + w);
            return a.Total.Allocate(a.Weights).Zip(weights).All(pair =>
                BigInteger.Abs((pair.First.MinorUnits * sum) - ((BigInteger)a.Total.MinorUnits * pair.Second)) < sum);
        }).Check(Generators.Config);

    [Fact]
    public void No_weight_no_share() =>
        Prop.ForAll(Allocations, a =>
            a.Weights.All(w => w == 0) || a.Total.Allocate(a.Weights).Zip(a.Weights).All(pair => pair.Second != 0 || pair.First.IsZero)).Check(Generators.Config);

    [Fact]
    public void A_larger_weight_never_gets_less_and_an_equal_one_only_if_it_is_later() =>
        Prop.ForAll(Allocations, a =>
        {
            var shares = a.Total.Allocate(a.Weights).Select(s => BigInteger.Abs(s.MinorUnits)).ToArray();
            return Enumerable.Range(0, shares.Length).All(i => Enumerable.Range(0, shares.Length).All(j =>
                a.Weights[i] > a.Weights[j] ? shares[i] >= shares[j] : a.Weights[i] != a.Weights[j] || i > j || shares[i] >= shares[j]));
        }).Check(Generators.Config);

    [Fact]
    public void A_negative_amount_is_the_mirror_of_the_positive_one() =>
        Prop.ForAll(Allocations, a =>
            a.Total.MinorUnits == long.MinValue
            || (-a.Total).Allocate(a.Weights).SequenceEqual(a.Total.Allocate(a.Weights).Select(s => -s))).Check(Generators.Config);

    [Fact]
    public void No_share_points_the_other_way() =>
        Prop.ForAll(Allocations, a =>
            a.Total.Allocate(a.Weights).All(s => s.IsZero || Math.Sign(s.MinorUnits) == Math.Sign(a.Total.MinorUnits))).Check(Generators.Config);

    [Fact]
    public void Splitting_is_sharing_out_by_equal_weights() =>
        Prop.ForAll(Generators.MinorUnits.ToArbitrary(), Gen.Choose(1, 40).ToArbitrary(), (units, parts) =>
        {
            var money = new Money(units, Currency.CNY);
            return money.Split(parts).SequenceEqual(money.Allocate(Enumerable.Repeat(7L, parts).ToArray()));
        }).Check(Generators.Config);

    [Fact]
    public void Sharing_into_a_span_is_the_same_and_allocates_nothing()
    {
        Prop.ForAll(Allocations, a =>
        {
            var shares = new Money[a.Weights.Length];
            a.Total.Allocate(a.Weights, shares);
            return shares.SequenceEqual(a.Total.Allocate(a.Weights));
        }).Check(Generators.Config);

        var total = new Money(1_000, Currency.CNY);
        long[] weights = [3, 1, 4, 1, 5, 9, 2, 6];
        var room = new Money[weights.Length];
        total.Allocate(weights, room);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            total.Allocate(weights, room);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static BigInteger Sum(Money[] shares) => shares.Aggregate(BigInteger.Zero, (sum, s) => sum + s.MinorUnits);

    private static long[] Effective(long[] weights) => weights.All(w => w == 0) ? [.. weights.Select(_ => 1L)] : weights;
}
