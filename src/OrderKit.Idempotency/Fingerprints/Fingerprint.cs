using System.Globalization;
using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>The content of a request in short, which detects another content under the same key and names the fields that differ.</summary>
/// <remarks>
/// Holds the names of the fields and eight bytes of a SHA-256 of each value. Eight bytes of a value that has few possibilities, such as a
/// phone number, can be guessed: leave personal fields out, or hash them with a secret first.
/// </remarks>
public sealed class Fingerprint : IEquatable<Fingerprint>
{
    /// <summary>The most fields of a fingerprint.</summary>
    public const int MaxFields = 64;

    private const byte Layout = 1;
    private const int LongestName = 128;

    private readonly byte[] _bytes;

    private Fingerprint(byte[] bytes) => _bytes = bytes;

    /// <summary>The fingerprint of a request without fields to compare.</summary>
    public static Fingerprint Nothing { get; } = Of();

    /// <summary>The bytes that are stored, beginning with the version of their layout.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Computes the fingerprint of fields; their order does not matter.</summary>
    /// <exception cref="ArgumentException">
    /// A name is empty, too long or there twice, there are too many fields, or a text has half of a surrogate pair.
    /// </exception>
    public static Fingerprint Of(params IReadOnlyList<(string Name, FingerprintValue Value)> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        if (fields.Count > MaxFields)
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"A fingerprint has at most {MaxFields} fields and not {fields.Count}. Take those that make two requests different."),
                nameof(fields));
        }

        var sorted = fields.OrderBy(field => field.Name, StringComparer.Ordinal).ToList();
        var writer = new CanonicalWriter();
        writer.WriteVersion(Layout);
        writer.WriteInt32(sorted.Count);
        for (var i = 0; i < sorted.Count; i++)
        {
            var (name, value) = sorted[i];
            if (string.IsNullOrEmpty(name) || name.Length > LongestName)
            {
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"The name of a field has 1 to {LongestName} characters."), nameof(fields));
            }

            if (i > 0 && sorted[i - 1].Name == name)
            {
                throw new ArgumentException($"The field '{name}' is there twice.", nameof(fields));
            }

            writer.WriteString(name);
            writer.WriteInt64(unchecked((long)value.ToDigest()));
        }

        return new Fingerprint(writer.WrittenSpan.ToArray());
    }

    /// <summary>
    /// Computes the fingerprint of a JSON object by its properties. Order, spaces and the spelling of numbers do not matter.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// It is no JSON object, has a property twice, has too many of them, or has text that is not Unicode.
    /// </exception>
    public static Fingerprint OfJson(ReadOnlyMemory<byte> utf8) => Of(CanonicalJson.FieldsOf(utf8));

    /// <summary>The properties of a JSON object as fields, for a fingerprint that has others besides.</summary>
    /// <exception cref="ArgumentException">It is no JSON object, has a property twice, or has text that is not Unicode.</exception>
    public static IReadOnlyList<(string Name, FingerprintValue Value)> FieldsOfJson(ReadOnlyMemory<byte> utf8) =>
        CanonicalJson.FieldsOf(utf8);

    /// <summary>Reads a stored fingerprint.</summary>
    /// <exception cref="ArgumentException">These are not the bytes of a fingerprint.</exception>
    public static Fingerprint FromBytes(ReadOnlySpan<byte> bytes)
    {
        var fingerprint = new Fingerprint(bytes.ToArray());
        fingerprint.Read();
        return fingerprint;
    }

    /// <summary>The fields in which another fingerprint differs, in the order of their names; empty where they are equal.</summary>
    public IReadOnlyList<string> DifferencesTo(Fingerprint other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var (own, theirs) = (Read(), other.Read());
        return [.. own.Keys.Union(theirs.Keys, StringComparer.Ordinal)
            .Where(name => !own.TryGetValue(name, out var a) || !theirs.TryGetValue(name, out var b) || a != b)
            .Order(StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public bool Equals(Fingerprint? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Fingerprint);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    /// <summary>The names of the fields; never their values.</summary>
    public override string ToString() => string.Join(", ", Read().Keys);

    private SortedDictionary<string, long> Read()
    {
        var fields = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var reader = new CanonicalReader(_bytes);
        reader.ReadVersion(Layout);
        for (var rest = reader.ReadInt32(); rest > 0; rest--)
        {
            fields.Add(reader.ReadRequiredString(), reader.ReadInt64());
        }

        reader.RequireEnd();
        return fields;
    }
}
