namespace OrderKit.Core;

/// <summary>The short code of a sales channel, such as <c>DY</c>, <c>TB</c> or <c>POS</c>.</summary>
/// <remarks>The default value is no channel: its <see cref="Value"/> is empty, and no id can be derived from it.</remarks>
public readonly record struct ChannelCode
{
    /// <summary>The longest channel code.</summary>
    public const int MaxLength = PackedText.MaxLength;

    // The codes of a few channels tag every metric: a fixed number of recent texts saves an allocation per use, and does
    // not grow when ids with unknown channels are parsed.
    private static readonly string?[] RecentTexts = new string?[256];

    private readonly ulong _packed;

    /// <summary>Names a channel.</summary>
    /// <param name="value">1 to 8 characters from A–Z and 0–9.</param>
    /// <exception cref="ArgumentException">The value is empty, too long or has another character, such as a lower-case letter.</exception>
    public ChannelCode(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!IsValid(value))
        {
            throw new ArgumentException(
                $"Channel code '{value}' is not valid; it has 1 to {MaxLength} characters from A-Z and 0-9. Pass the code in upper case.",
                nameof(value));
        }

        _packed = PackedText.Pack(value);
    }

    private ChannelCode(ulong packed) => _packed = packed;

    /// <summary>The code's text, or an empty text for the default value.</summary>
    public string Value
    {
        get
        {
            if (_packed == 0)
                return "";
            ref var slot = ref RecentTexts[(int)((_packed * 0x9E3779B97F4A7C15UL) >> 56)];
            var recent = Volatile.Read(ref slot);
            if (recent is not null && PackedText.Pack(recent) == _packed)
                return recent;
            var text = PackedText.ToText(_packed);
            Volatile.Write(ref slot, text);
            return text;
        }
    }

    internal ulong Packed => _packed;

    internal static ChannelCode FromPacked(ulong packed) => new(packed);

    internal static bool IsValid(ReadOnlySpan<char> value)
    {
        if (value.Length is 0 or > MaxLength)
            return false;
        foreach (var c in value)
        {
            if (c is not ((>= 'A' and <= 'Z') or (>= '0' and <= '9')))
                return false;
        }

        return true;
    }

    /// <summary>Returns <see cref="Value"/>.</summary>
    public override string ToString() => Value;
}
