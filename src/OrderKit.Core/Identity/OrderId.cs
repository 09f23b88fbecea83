using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace OrderKit.Core;

/// <summary>
/// The id of an order: channel code, underscore and 26 Crockford base-32 characters, as in <c>DY_23XY55AGSMH6H25G4Q1W1365SA</c>.
/// </summary>
/// <remarks>
/// The id is derived from the order number of the channel: intake needs no look-up and cannot make two ids for one order.
/// It holds the channel and 128 bits. Comparing and hashing allocate nothing; <see cref="Value"/> makes a new text each time.
/// The default value is no order: <see cref="IsEmpty"/> is true, and <see cref="Value"/> is empty.
/// </remarks>
public readonly record struct OrderId : ISpanFormattable, IComparable<OrderId>
{
    /// <summary>The longest external id or shop that an id is derived from.</summary>
    public const int MaxPartLength = 128;

    /// <summary>The length of the longest id.</summary>
    public const int MaxLength = ChannelCode.MaxLength + 1 + Crockford.Length;

    private const byte DerivationVersion = 1;

    // The version byte, three lengths, a channel in ASCII, and two parts of at most three UTF-8 bytes per UTF-16 character.
    private const int MaxHashInput = 1 + (3 * sizeof(int)) + ChannelCode.MaxLength + (2 * 3 * MaxPartLength);

    private readonly ulong _channel;
    private readonly ulong _high;
    private readonly ulong _low;

    private OrderId(ulong channel, ulong high, ulong low)
    {
        _channel = channel;
        _high = high;
        _low = low;
    }

    /// <summary>The id's text, or an empty text for the default value.</summary>
    public string Value
    {
        get
        {
            Span<char> text = stackalloc char[MaxLength];
            return TryFormat(text, out var length) ? new string(text[..length]) : "";
        }
    }

    /// <summary>The channel that the order was placed on.</summary>
    public ChannelCode Channel => ChannelCode.FromPacked(_channel);

    /// <summary>Whether this is the default value, which is no order.</summary>
    public bool IsEmpty => _channel == 0;

    /// <summary>Compares by channel, then by the 128 bits. The order is the same on all machines and has no other meaning.</summary>
    public int CompareTo(OrderId other)
    {
        var byChannel = _channel.CompareTo(other._channel);
        var byHigh = _high.CompareTo(other._high);
        return byChannel != 0 ? byChannel : byHigh != 0 ? byHigh : _low.CompareTo(other._low);
    }

    /// <summary>Derives the id of an external order. The same arguments give the same id on every machine and in every version.</summary>
    /// <param name="channel">The channel that the order was placed on.</param>
    /// <param name="externalId">The order number of the channel: 1 to 128 characters.</param>
    /// <param name="shop">The shop, if order numbers repeat between shops: at most 128 characters.</param>
    /// <exception cref="ArgumentException">
    /// The channel is the default value, or a text is too long or has control characters, surrounding white space or half a surrogate pair.
    /// </exception>
    /// <remarks>
    /// The id is the first 16 bytes, as a big-endian number, of the SHA-256 hash of the version byte 1, channel, shop and external id.
    /// Each of the three is its length in bytes, a little-endian Int32, and its UTF-8 bytes.
    /// </remarks>
    public static OrderId Derive(ChannelCode channel, string externalId, string shop = "")
    {
        if (channel.Packed == 0)
            throw new ArgumentException(
                "The channel is default(ChannelCode), which names no channel; pass one such as new ChannelCode(\"DY\").", nameof(channel));
        IdentifierText.Require(externalId, MaxPartLength, "The external order id", nameof(externalId));
        IdentifierText.RequireClean(shop, MaxPartLength, "The shop", nameof(shop));

        Span<byte> input = stackalloc byte[MaxHashInput];
        Span<char> channelText = stackalloc char[ChannelCode.MaxLength];
        input[0] = DerivationVersion;
        var length = 1;
        length += WritePart(input[length..], channelText[..PackedText.Unpack(channel.Packed, channelText)]);
        length += WritePart(input[length..], shop);
        length += WritePart(input[length..], externalId);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input[..length], hash);
        return new OrderId(
            channel.Packed,
            BinaryPrimitives.ReadUInt64BigEndian(hash),
            BinaryPrimitives.ReadUInt64BigEndian(hash[sizeof(ulong)..]));
    }

    /// <summary>Reads an id from its canonical text.</summary>
    /// <exception cref="ArgumentNullException">The text is null.</exception>
    /// <exception cref="FormatException">The text is no canonical id; lower case and the letters I, L, O and U are refused.</exception>
    public static OrderId Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var id)
            ? id
            : throw new FormatException(
                $"'{text}' is no order id; an id is a channel code, '_' and {Crockford.Length} upper-case Crockford base-32 characters.");
    }

    /// <summary>Tries to read an id from its canonical text.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out OrderId id)
    {
        id = default;
        var separator = (text?.Length ?? 0) - Crockford.Length - 1;
        if (separator < 1 || text![separator] != '_')
            return false;
        var channel = text.AsSpan(0, separator);
        if (!ChannelCode.IsValid(channel) || !Crockford.TryDecode(text.AsSpan(separator + 1), out var bits))
            return false;
        id = new OrderId(PackedText.Pack(channel), (ulong)(bits >> 64), (ulong)bits);
        return true;
    }

    /// <summary>Tries to write the text of the id without an allocation.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten)
    {
        charsWritten = 0;
        if (IsEmpty)
            return true;
        Span<char> channel = stackalloc char[ChannelCode.MaxLength];
        var length = PackedText.Unpack(_channel, channel);
        if (destination.Length < length + 1 + Crockford.Length)
            return false;
        channel[..length].CopyTo(destination);
        destination[length] = '_';
        Crockford.Encode(new UInt128(_high, _low), destination.Slice(length + 1, Crockford.Length));
        charsWritten = length + 1 + Crockford.Length;
        return true;
    }

    /// <summary>Returns <see cref="Value"/>.</summary>
    public override string ToString() => Value;

    /// <summary>Returns bits of the id.</summary>
    /// <remarks>They come from a hash already.</remarks>
    public override int GetHashCode() => (int)_low;

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => Value;

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        TryFormat(destination, out charsWritten);

    private static int WritePart(Span<byte> destination, ReadOnlySpan<char> part)
    {
        var length = Encoding.UTF8.GetBytes(part, destination[sizeof(int)..]);
        BinaryPrimitives.WriteInt32LittleEndian(destination, length);
        return sizeof(int) + length;
    }
}
