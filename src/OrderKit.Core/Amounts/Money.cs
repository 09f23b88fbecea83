using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace OrderKit.Core;

/// <summary>An amount with its currency, counted in the currency's minor unit: 1990 fen are 19.90 yuan.</summary>
/// <remarks>
/// Nothing is rounded silently, sums are checked for overflow, and amounts in different currencies are never added or compared.
/// The default value is zero in "no currency" (XXX), which doesn't mix with any other currency either.
/// </remarks>
public readonly record struct Money : IComparable<Money>
{
    /// <summary>Counts an amount in minor units.</summary>
    /// <param name="minorUnits">How many minor units: fen, cents, or whole yen.</param>
    /// <param name="currency">The currency.</param>
    public Money(long minorUnits, Currency currency)
    {
        MinorUnits = minorUnits;
        Currency = currency;
    }

    /// <summary>The amount in minor units.</summary>
    public long MinorUnits { get; }

    /// <summary>The amount's currency.</summary>
    public Currency Currency { get; }

    /// <summary>Whether the amount is zero, in whatever currency.</summary>
    public bool IsZero => MinorUnits == 0;

    /// <summary>Nothing, in a currency.</summary>
    public static Money Zero(Currency currency) => new(0, currency);

    /// <summary>Makes an amount out of major units, such as 19.90 yuan.</summary>
    /// <exception cref="ArgumentException">The amount has more decimals than the currency.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The amount is too large to be counted in minor units.</exception>
    public static Money FromMajor(decimal amount, Currency currency) =>
        ReadMajor(amount, currency, out var money) switch
        {
            MajorReading.Exact => money,
            MajorReading.TooManyDecimals => throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{amount} has more decimals than {currency.Code}, which has {currency.MinorDigits}; round it first."),
                nameof(amount)),
            _ => throw new ArgumentOutOfRangeException(
                nameof(amount),
                string.Create(CultureInfo.InvariantCulture, $"{amount} {currency.Code} does not fit into a 64-bit number of minor units.")),
        };

    /// <summary>The amount in major units, with as many decimals as the currency has.</summary>
    public decimal ToMajor()
    {
        var magnitude = Magnitude(MinorUnits);
        return new decimal((int)magnitude, (int)(magnitude >> 32), 0, MinorUnits < 0, (byte)Currency.MinorDigits);
    }

    /// <summary>Adds two amounts.</summary>
    /// <exception cref="InvalidOperationException">The currencies differ.</exception>
    /// <exception cref="OverflowException">The sum is too large.</exception>
    public static Money operator +(Money left, Money right)
    {
        RequireSameCurrency(left, right, "added");
        return new Money(checked(left.MinorUnits + right.MinorUnits), left.Currency);
    }

    /// <summary>Subtracts the second amount from the first.</summary>
    /// <exception cref="InvalidOperationException">The currencies differ.</exception>
    /// <exception cref="OverflowException">The difference is too large.</exception>
    public static Money operator -(Money left, Money right)
    {
        RequireSameCurrency(left, right, "subtracted");
        return new Money(checked(left.MinorUnits - right.MinorUnits), left.Currency);
    }

    /// <summary>Negates the amount.</summary>
    /// <exception cref="OverflowException">The amount is the smallest one, which has no counterpart.</exception>
    public static Money operator -(Money amount) => new(checked(-amount.MinorUnits), amount.Currency);

    /// <summary>Multiplies a price with a quantity.</summary>
    /// <exception cref="OverflowException">The product is too large.</exception>
    public static Money operator *(Money amount, long factor) => new(checked(amount.MinorUnits * factor), amount.Currency);

    /// <summary>Multiplies a quantity with a price.</summary>
    /// <exception cref="OverflowException">The product is too large.</exception>
    public static Money operator *(long factor, Money amount) => amount * factor;

    /// <summary>Whether the first amount is less than the second.</summary>
    /// <exception cref="InvalidOperationException">The currencies differ.</exception>
    public static bool operator <(Money left, Money right) => left.CompareTo(right) < 0;

    /// <summary>Whether the first amount is more than the second.</summary>
    /// <exception cref="InvalidOperationException">The currencies differ.</exception>
    public static bool operator >(Money left, Money right) => left.CompareTo(right) > 0;

    /// <summary>Whether the first amount is at most the second.</summary>
    /// <exception cref="InvalidOperationException">The currencies differ.</exception>
    public static bool operator <=(Money left, Money right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the first amount is at least the second.</summary>
    /// <exception cref="InvalidOperationException">The currencies differ.</exception>
    public static bool operator >=(Money left, Money right) => left.CompareTo(right) >= 0;

    /// <summary>Compares two amounts of one currency.</summary>
    /// <exception cref="InvalidOperationException">The currencies differ.</exception>
    public int CompareTo(Money other)
    {
        RequireSameCurrency(this, other, "compared");
        return MinorUnits.CompareTo(other.MinorUnits);
    }

    /// <summary>Shares the amount out in proportion to the weights, without losing or inventing a minor unit.</summary>
    /// <exception cref="ArgumentException">There is no weight, or one is negative.</exception>
    /// <remarks>See <see cref="Allocate(ReadOnlySpan{long}, Span{Money})"/> for the rule of the remaining units.</remarks>
    public Money[] Allocate(ReadOnlySpan<long> weights)
    {
        var shares = new Money[weights.Length];
        Allocate(weights, shares);
        return shares;
    }

    /// <summary>Shares the amount out in proportion to the weights into a span as long as they are.</summary>
    /// <exception cref="ArgumentException">There is no weight, one is negative, or the spans differ in length.</exception>
    /// <remarks>
    /// Largest remainder: each share is rounded down to minor units, and the remaining units go, one each, to the largest fractions; of
    /// equal ones to the first. A negative amount is shared like the positive one. A weight of zero gets nothing, unless all weights are
    /// zero: then they count as equal.
    /// </remarks>
    public void Allocate(ReadOnlySpan<long> weights, Span<Money> shares)
    {
        if (shares.Length != weights.Length)
            throw new ArgumentException(
                $"There are {weights.Length} weights and room for {shares.Length} shares; the lengths must be equal.", nameof(shares));
        LargestRemainder.Allocate(Magnitude(MinorUnits), MinorUnits < 0, Currency, weights, shares);
    }

    /// <summary>Shares the amount out into equal parts; the units left over go to the first ones.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number of parts is not positive.</exception>
    public Money[] Split(int parts)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parts);
        var shares = new Money[parts];
        LargestRemainder.Split(Magnitude(MinorUnits), MinorUnits < 0, Currency, shares);
        return shares;
    }

    /// <summary>Reads an amount in the form that <see cref="ToString"/> writes, such as <c>19.90 CNY</c>.</summary>
    /// <exception cref="ArgumentNullException">The text is null.</exception>
    /// <exception cref="FormatException">
    /// The text isn't of this form, in an ISO 4217 currency, with just the currency's decimals.
    /// </exception>
    public static Money Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var money)
            ? money
            : throw new FormatException(
                $"'{text}' is no amount; write it as in '19.90 CNY', with all decimals of the ISO 4217 currency.");
    }

    /// <summary>Tries to read an amount in the form that <see cref="ToString"/> writes.</summary>
    /// <remarks>
    /// Currencies made with <see cref="Currency.Custom"/> aren't known here; store their amounts as minor units, code and digits.
    /// </remarks>
    public static bool TryParse([NotNullWhen(true)] string? text, out Money money)
    {
        money = default;
        var space = text?.IndexOf(' ', StringComparison.Ordinal) ?? -1;
        if (space < 1 || !Currency.TryFind(text![(space + 1)..], out var currency))
            return false;

        var number = text.AsSpan(0, space);
        const NumberStyles Form = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (!decimal.TryParse(number, Form, CultureInfo.InvariantCulture, out var amount)
            || ReadMajor(amount, currency, out var read) != MajorReading.Exact)
        {
            return false;
        }

        // Only one text means an amount: '+1.00', '01.00', '-0.00' and '1.0' are refused, so that texts can be compared and hashed.
        Span<char> canonical = stackalloc char[MaxNumberLength];
        if (!read.ToMajor().TryFormat(canonical, out var length, default, CultureInfo.InvariantCulture)
            || !number.SequenceEqual(canonical[..length]))
            return false;
        money = read;
        return true;
    }

    /// <summary>Writes the amount in major units and the currency's code, as in <c>19.90 CNY</c>, the same in every culture.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{ToMajor()} {Currency.Code}");

    // A sign, 19 digits and a point; with 18 decimals there is a zero more before the point.
    private const int MaxNumberLength = 24;

    private enum MajorReading
    {
        Exact,
        TooManyDecimals,
        TooLarge,
    }

    private static MajorReading ReadMajor(decimal amount, Currency currency, out Money money)
    {
        money = default;
        var scale = new decimal(1, 0, 0, false, (byte)currency.MinorDigits);
        // The limit is scaled down rather than the amount up, so that this check can not overflow itself.
        if (amount > long.MaxValue * scale || amount < long.MinValue * scale)
            return MajorReading.TooLarge;
        var minorUnits = amount * (1m / scale);
        if (minorUnits != decimal.Truncate(minorUnits))
            return MajorReading.TooManyDecimals;
        money = new Money((long)minorUnits, currency);
        return MajorReading.Exact;
    }

    private static ulong Magnitude(long minorUnits) => minorUnits < 0 ? (ulong)-(Int128)minorUnits : (ulong)minorUnits;

    private static void RequireSameCurrency(Money left, Money right, string verb)
    {
        if (left.Currency != right.Currency)
            ThrowDifferentCurrencies(left, right, verb);
    }

    [DoesNotReturn]
    private static void ThrowDifferentCurrencies(Money left, Money right, string verb) =>
        throw new InvalidOperationException(
            $"{left} and {right} can't be {verb}: {left.Currency.Code} ({left.Currency.MinorDigits} digits) and {right.Currency.Code} "
            + $"({right.Currency.MinorDigits} digits) are different currencies. Convert one of them first, at a rate that you record.");
}
