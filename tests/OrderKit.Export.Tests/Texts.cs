using FsCheck;
using FsCheck.Fluent;

namespace OrderKit.Export.Tests;

internal static class Texts
{
    private static readonly string[] Awkward =
        ["", "'", "=", "+", "-", "@", "\t", "\r", "\n", "\r\n", ",", "\"", " ", "_x000D_", "_x005F_", "_x00", "_", "x0041_", "\v", "\0", "订单", "😀", "\uFFFE", "\u0085", "\u2028", "0012", "1E5", "中,\"文\""];

    /// <summary>Texts that break writers, and any others that UTF-8 can hold.</summary>
    public static Gen<string> Any { get; } = Gen.OneOf(
        Gen.Elements(Awkward).ArrayOf().Select(string.Concat),
        ArbMap.Default.GeneratorFor<string>().Select(text => string.Concat((text ?? "").EnumerateRunes())));
}
