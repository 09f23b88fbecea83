namespace OrderKit.Core;

/// <summary>A currency: its code and how many digits its minor unit has.</summary>
/// <remarks>
/// It is a value of eight bytes. The default value is "no currency", XXX of ISO 4217 without digits.
/// Two currencies are equal if their codes and their digits are.
/// </remarks>
public readonly record struct Currency
{
    /// <summary>The longest code of a currency.</summary>
    public const int MaxCodeLength = 7;

    /// <summary>The most digits that a minor unit can have.</summary>
    public const int MaxMinorDigits = 18;

    private const string NoCurrencyCode = "XXX";
    private const int DigitsShift = 56;
    private const ulong CodeMask = (1UL << DigitsShift) - 1;

    // Seven characters in the low bytes and the digits in the top one; zero stands for XXX.
    private readonly ulong _packed;

    private Currency(string code, int minorDigits) =>
        _packed = code == NoCurrencyCode ? 0 : PackedText.Pack(code) | ((ulong)minorDigits << DigitsShift);

    /// <summary>Renminbi yuan, two digits.</summary>
    public static Currency CNY { get; } = Of("CNY");

    /// <summary>US dollar, two digits.</summary>
    public static Currency USD { get; } = Of("USD");

    /// <summary>Euro, two digits.</summary>
    public static Currency EUR { get; } = Of("EUR");

    /// <summary>Pound sterling, two digits.</summary>
    public static Currency GBP { get; } = Of("GBP");

    /// <summary>Brazilian real, two digits.</summary>
    public static Currency BRL { get; } = Of("BRL");

    /// <summary>Japanese yen, no digits.</summary>
    public static Currency JPY { get; } = Of("JPY");

    /// <summary>Hong Kong dollar, two digits.</summary>
    public static Currency HKD { get; } = Of("HKD");

    /// <summary>The currency's code, in upper case.</summary>
    public string Code =>
        _packed == 0 ? NoCurrencyCode : IsoCurrencies.FindText(_packed & CodeMask) ?? PackedText.ToText(_packed & CodeMask);

    /// <summary>How many decimals an amount in major units has: 2 for yuan and fen.</summary>
    public int MinorDigits => (int)(_packed >> DigitsShift);

    /// <summary>Finds a currency of ISO 4217 by its code.</summary>
    /// <exception cref="ArgumentException">The code isn't in the list.</exception>
    public static Currency Of(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        return TryFind(code, out var currency)
            ? currency
            : throw new ArgumentException(
                $"'{code}' is no active ISO 4217 currency with a minor unit, in upper case. Others need Currency.Custom(code, digits).",
                nameof(code));
    }

    /// <summary>Makes a currency that isn't in ISO 4217: points, coins, a withdrawn currency.</summary>
    /// <param name="code">3 to 7 characters out of A–Z and 0–9, the first of them a letter.</param>
    /// <param name="minorDigits">The digits of its minor unit, 0 to 18.</param>
    /// <exception cref="ArgumentException">The code isn't of this form, or is one of ISO 4217 that has other digits.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The digits are negative or more than 18.</exception>
    /// <remarks>The code and digits of an ISO 4217 currency return that currency, so that stored ones can be read back.</remarks>
    public static Currency Custom(string code, int minorDigits)
    {
        ArgumentNullException.ThrowIfNull(code);
        ArgumentOutOfRangeException.ThrowIfNegative(minorDigits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minorDigits, MaxMinorDigits);
        if (!IsWellFormed(code))
        {
            throw new ArgumentException(
                $"Currency code '{code}' is not valid; it has 3 to {MaxCodeLength} characters out of A-Z and 0-9, the first of them a letter.",
                nameof(code));
        }

        // A code with two scales would make amounts a hundred times too large or too small.
        if (IsoCurrencies.TryGetDigits(code, out var isoDigits) && isoDigits != minorDigits)
        {
            throw new ArgumentException(
                $"'{code}' has {isoDigits} digits in ISO 4217, not {minorDigits}; use Currency.Of(\"{code}\"), or another code.",
                nameof(code));
        }

        return new Currency(code, minorDigits);
    }

    internal static bool TryFind(string code, out Currency currency)
    {
        var found = IsoCurrencies.TryGetDigits(code, out var digits);
        currency = found ? new Currency(code, digits) : default;
        return found;
    }

    /// <summary>Returns <see cref="Code"/>.</summary>
    public override string ToString() => Code;

    private static bool IsWellFormed(string code)
    {
        if (code.Length is < 3 or > MaxCodeLength || code[0] is < 'A' or > 'Z')
            return false;
        foreach (var c in code)
        {
            if (c is not ((>= 'A' and <= 'Z') or (>= '0' and <= '9')))
                return false;
        }

        return true;
    }
}
