namespace OrderKit.Core;

/// <summary>Up to eight ASCII characters in one integer, so that small codes compare and hash without touching memory.</summary>
internal static class PackedText
{
    internal const int MaxLength = 8;

    /// <summary>Packs the text with its first character in the lowest byte; the caller has checked that it is short and ASCII.</summary>
    internal static ulong Pack(ReadOnlySpan<char> text)
    {
        var packed = 0UL;
        for (var i = text.Length - 1; i >= 0; i--)
            packed = (packed << 8) | text[i];
        return packed;
    }

    /// <summary>Writes the packed characters and returns how many there are.</summary>
    internal static int Unpack(ulong packed, Span<char> destination)
    {
        var length = 0;
        for (; packed != 0; packed >>= 8)
            destination[length++] = (char)(packed & 0xFF);
        return length;
    }

    internal static string ToText(ulong packed)
    {
        Span<char> text = stackalloc char[MaxLength];
        return new string(text[..Unpack(packed, text)]);
    }
}
