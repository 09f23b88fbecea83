using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>The value of one field of a request, with its type: the number 5 and the text "5" are different values.</summary>
public readonly struct FingerprintValue
{
    private const int StackLimit = 512;

    // Strict: with replacement characters, two different broken texts would have the same digest.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Kind _kind;
    private readonly string? _text;
    private readonly long _number;
    private readonly ReadOnlyMemory<byte> _bytes;

    private FingerprintValue(Kind kind, string? text = null, long number = 0, ReadOnlyMemory<byte> bytes = default)
    {
        _kind = kind;
        _text = text;
        _number = number;
        _bytes = bytes;
    }

    private enum Kind : byte
    {
        None = 0,
        Text = 1,
        Number = 2,
        Amount = 3,
        Instant = 4,
        Boolean = 5,
        Bytes = 6,
    }

    /// <summary>A text, as it is; <see langword="null"/> is another value than an empty text.</summary>
    public static FingerprintValue Of(string? text) => text is null ? default : new(Kind.Text, text);

    /// <summary>A whole number.</summary>
    public static FingerprintValue Of(long number) => new(Kind.Number, number: number);

    /// <summary>A number; 1.0 and 1.00 are the same.</summary>
    public static FingerprintValue Of(decimal number) =>
        // Divided by one with all its digits, a decimal loses its trailing zeros.
        new(Kind.Number, (number / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture));

    /// <summary>An amount of money with its currency.</summary>
    public static FingerprintValue Of(Money amount) => new(Kind.Amount, amount.Currency.Code, amount.MinorUnits);

    /// <summary>An instant, cut to microseconds; the offset does not matter.</summary>
    public static FingerprintValue Of(DateTimeOffset instant) => new(Kind.Instant, number: Instants.ToMicroseconds(instant).UtcTicks);

    /// <summary>True or false.</summary>
    public static FingerprintValue Of(bool value) => new(Kind.Boolean, number: value ? 1 : 0);

    /// <summary>Bytes, as they are.</summary>
    public static FingerprintValue Of(ReadOnlyMemory<byte> bytes) => new(Kind.Bytes, bytes: bytes);

    /// <summary>A text, as it is.</summary>
    public static implicit operator FingerprintValue(string? text) => Of(text);

    /// <summary>A whole number.</summary>
    public static implicit operator FingerprintValue(long number) => Of(number);

    /// <summary>A number; 1.0 and 1.00 are the same.</summary>
    public static implicit operator FingerprintValue(decimal number) => Of(number);

    /// <summary>An amount of money with its currency.</summary>
    public static implicit operator FingerprintValue(Money amount) => Of(amount);

    /// <summary>An instant; the offset does not matter.</summary>
    public static implicit operator FingerprintValue(DateTimeOffset instant) => Of(instant);

    /// <summary>True or false.</summary>
    public static implicit operator FingerprintValue(bool value) => Of(value);

    /// <summary>The first eight bytes of a SHA-256 over kind and content.</summary>
    /// <exception cref="ArgumentException">The text has half of a surrogate pair.</exception>
    internal ulong ToDigest()
    {
        var text = _kind == Kind.Number && _text is null ? _number.ToString(CultureInfo.InvariantCulture) : _text ?? "";
        var size = 1 + sizeof(long) + Utf8.GetMaxByteCount(text.Length) + _bytes.Length;
        var buffer = size <= StackLimit ? stackalloc byte[StackLimit] : new byte[size];
        buffer[0] = (byte)_kind;
        BinaryPrimitives.WriteInt64LittleEndian(buffer[1..], _kind == Kind.Number ? 0 : _number);
        var written = 1 + sizeof(long);
        written += Utf8.GetBytes(text, buffer[written..]);
        _bytes.Span.CopyTo(buffer[written..]);
        written += _bytes.Length;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer[..written], hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }
}
