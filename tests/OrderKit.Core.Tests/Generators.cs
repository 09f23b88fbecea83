using FsCheck;
using FsCheck.Fluent;

namespace OrderKit.Core.Tests;

/// <summary>Values that properties are tried on: mostly everyday ones, with the extremes often enough to matter.</summary>
internal static class Generators
{
    public static Config Config { get; } = Config.QuickThrowOnFailure.WithMaxTest(500);

    public static Gen<long> AnyLong { get; } =
        from high in Gen.Choose(int.MinValue, int.MaxValue)
        from low in Gen.Choose(int.MinValue, int.MaxValue)
        select ((long)high << 32) | (uint)low;

    /// <summary>Amounts from the whole range, extremes included.</summary>
    public static Gen<long> MinorUnits { get; } = Gen.Frequency(
        (4, Gen.Choose(-100_000, 100_000).Select(n => (long)n)),
        (2, AnyLong),
        (1, Gen.Elements(0L, 1L, -1L, long.MaxValue, long.MinValue, long.MinValue + 1)));

    /// <summary>Amounts of which a few can be added without overflow.</summary>
    public static Gen<long> AddableMinorUnits { get; } = AnyLong.Select(n => n / 8);

    public static Gen<long> Weight { get; } = Gen.Frequency(
        (5, Gen.Choose(0, 1_000).Select(n => (long)n)),
        (2, Gen.Constant(0L)),
        (1, AnyLong.Select(n => n & long.MaxValue)),
        (1, Gen.Constant(long.MaxValue)));

    public static Gen<long[]> Weights { get; } =
        from length in Gen.Frequency((6, Gen.Choose(1, 12)), (1, Gen.Choose(13, 60)))
        from weights in Weight.ArrayOf(length)
        select weights;

    public static Gen<Currency> Currencies { get; } = Gen.Elements(
        Currency.CNY, Currency.JPY, Currency.Of("KWD"), Currency.Of("CLF"), default, Currency.Custom("POINTS", 0), Currency.Custom("BTC", 8));

    public static Gen<ChannelCode> Channels { get; } = Gen.Elements("DY", "TB", "POS", "A", "SHOPIFY8").Select(c => new ChannelCode(c));

    /// <summary>Texts out of few characters, so that shifting one between neighbours often gives another valid pair.</summary>
    public static Gen<string> ExternalIds { get; } =
        from length in Gen.Choose(1, 6)
        from characters in Gen.Elements('a', 'b', '1', '_', '/', ':', '\u5355', '\u00FF').ArrayOf(length)
        select new string(characters);

    public static Gen<string> Texts { get; } = Gen.Frequency(
        (4, ExternalIds),
        (1, Gen.Elements("", "\0", "line\nbreak", "\U0001F600", "e\u0301", "\u00E9")));
}
