using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OrderKit.Idempotency;

/// <summary>Turns a result into bytes and back.</summary>
/// <typeparam name="T">The result.</typeparam>
/// <param name="Encode">Writes it.</param>
/// <param name="Decode">Reads it.</param>
public sealed record ResultCodec<T>(Func<T, ReadOnlyMemory<byte>> Encode, Func<ReadOnlyMemory<byte>, T> Decode);

/// <summary>The usual codecs.</summary>
public static class ResultCodec
{
    /// <summary>For operations without a result.</summary>
    public static ResultCodec<bool> None { get; } = new(static _ => default, static _ => true);

    /// <summary>For results that are bytes.</summary>
    public static ResultCodec<ReadOnlyMemory<byte>> Bytes { get; } = new(static bytes => bytes, static bytes => bytes);

    /// <summary>For texts.</summary>
    public static ResultCodec<string> Text { get; } =
        new(static text => Encoding.UTF8.GetBytes(text), static bytes => Encoding.UTF8.GetString(bytes.Span));

    /// <summary>As JSON, by a source-generated contract.</summary>
    public static ResultCodec<T> Json<T>(JsonTypeInfo<T> contract)
    {
        ArgumentNullException.ThrowIfNull(contract);
        return new(
            result => JsonSerializer.SerializeToUtf8Bytes(result, contract),
            bytes => JsonSerializer.Deserialize(bytes.Span, contract)!);
    }
}
