using System.Buffers;

namespace OrderKit.Core;

/// <summary>Shares whole units out by the method of the largest remainder.</summary>
internal static class LargestRemainder
{
    private const int OnStack = 16;

    internal static void Allocate(ulong magnitude, bool negative, Currency currency, ReadOnlySpan<long> weights, Span<Money> shares)
    {
        if (weights.IsEmpty)
            throw new ArgumentException("There are no weights; an amount can't be shared out among nobody.", nameof(weights));

        // The sum of up to 2^31 weights of 63 bits has less than 95 bits, and a product with the magnitude at most 127.
        var sum = UInt128.Zero;
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] < 0)
                throw new ArgumentException(
                    $"Weight {i} is {weights[i]}; weights are zero or more. Allocate negative amounts separately.", nameof(weights));
            sum += (ulong)weights[i];
        }

        if (sum == 0)
        {
            Split(magnitude, negative, currency, shares);
            return;
        }

        Remainder[]? rented = null;
        var remainders = weights.Length <= OnStack
            ? stackalloc Remainder[OnStack]
            : rented = ArrayPool<Remainder>.Shared.Rent(weights.Length);
        remainders = remainders[..weights.Length];

        var left = magnitude;
        for (var i = 0; i < weights.Length; i++)
        {
            var (whole, remainder) = UInt128.DivRem((UInt128)magnitude * (ulong)weights[i], sum);
            left -= (ulong)whole;
            shares[i] = Share((ulong)whole, negative, currency);
            remainders[i] = new Remainder(remainder, i);
        }

        // The units left are fewer than the remainders above zero, so a weight of zero never gets one.
        if (left > 0)
        {
            remainders.Sort(static (a, b) => a.Value == b.Value ? a.Index.CompareTo(b.Index) : b.Value.CompareTo(a.Value));
            var unit = negative ? -1 : 1;
            foreach (var (_, index) in remainders[..(int)left])
                shares[index] = new Money(shares[index].MinorUnits + unit, currency);
        }

        if (rented is not null)
            ArrayPool<Remainder>.Shared.Return(rented);
    }

    internal static void Split(ulong magnitude, bool negative, Currency currency, Span<Money> shares)
    {
        var (whole, left) = Math.DivRem(magnitude, (ulong)shares.Length);
        for (var i = 0; i < shares.Length; i++)
            shares[i] = Share((ulong)i < left ? whole + 1 : whole, negative, currency);
    }

    private static Money Share(ulong magnitude, bool negative, Currency currency) =>
        new((long)(negative ? -(Int128)magnitude : magnitude), currency);

    private readonly record struct Remainder(UInt128 Value, int Index);
}
