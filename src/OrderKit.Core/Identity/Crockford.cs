namespace OrderKit.Core;

/// <summary>Crockford's base 32 without I, L, O and U: 128 bits are 26 characters.</summary>
internal static class Crockford
{
    internal const int Length = 26;

    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    internal static void Encode(UInt128 value, Span<char> destination)
    {
        for (var i = Length - 1; i >= 0; i--)
        {
            destination[i] = Alphabet[(int)((ulong)value & 31)];
            value >>= 5;
        }
    }

    internal static bool TryDecode(ReadOnlySpan<char> text, out UInt128 value)
    {
        value = UInt128.Zero;
        // 26 characters hold 130 bits: a first digit above 7 would be cut off, and two texts would then mean one value.
        if (text.Length != Length || text[0] is < '0' or > '7')
            return false;

        foreach (var c in text)
        {
            var digit = Digit(c);
            if (digit < 0)
                return false;
            value = (value << 5) | (uint)digit;
        }

        return true;
    }

    private static int Digit(char c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'A' and <= 'H' => c - 'A' + 10,
        'J' or 'K' => c - 'J' + 18,
        'M' or 'N' => c - 'M' + 20,
        >= 'P' and <= 'T' => c - 'P' + 22,
        >= 'V' and <= 'Z' => c - 'V' + 27,
        _ => -1,
    };
}
