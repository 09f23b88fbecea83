using System.Collections.Frozen;

namespace OrderKit.Core;

/// <summary>The currencies in ISO 4217 with the number of digits of their minor units.</summary>
internal static class IsoCurrencies
{
    // ISO 4217 list one (current currency and funds codes) as its maintenance agency, SIX, published it on 1 January 2026,
    // without the codes that have no minor unit (metals, XDR, XUA, XSU, bond units, XTS).
    // BGN left the list on that day, but refunds of orders from before still carry it.
    private const string NoDigits = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF XXX";

    private const string TwoDigits =
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC " +
        "CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW " +
        "KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP " +
        "PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN " +
        "UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG";

    private const string ThreeDigits = "BHD IQD JOD KWD LYD OMR TND";

    private const string FourDigits = "CLF UYW";

    private static readonly FrozenDictionary<string, int> Digits = ReadDigits();

    private static readonly FrozenDictionary<ulong, string> Codes =
        Digits.Keys.ToFrozenDictionary(static code => PackedText.Pack(code), static code => code);

    internal static bool TryGetDigits(string code, out int digits) => Digits.TryGetValue(code, out digits);

    /// <summary>The code's text without allocating it, or null if the code isn't in the list.</summary>
    internal static string? FindText(ulong packedCode) => Codes.GetValueOrDefault(packedCode);

    private static FrozenDictionary<string, int> ReadDigits()
    {
        var all = new Dictionary<string, int>();
        foreach (var (codes, digits) in new[] { (NoDigits, 0), (TwoDigits, 2), (ThreeDigits, 3), (FourDigits, 4) })
        {
            foreach (var code in codes.Split(' '))
                all.Add(code, digits);
        }

        return all.ToFrozenDictionary();
    }
}
