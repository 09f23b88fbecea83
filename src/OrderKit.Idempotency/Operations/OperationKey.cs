using System.Globalization;
using System.Text;
using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>Identifies an operation: tenant, kind of business and the requester's own id.</summary>
/// <remarks>
/// Keys are compared byte for byte, without folding of case or similar characters: two ids that only look alike are different to their
/// sender. The id is stored as it was sent and never hashed: ids of providers grow with time, and a store writes growing keys twice as
/// fast as random ones.
/// </remarks>
public readonly record struct OperationKey
{
    /// <summary>How many characters a scope and a key may have each: what Stripe and most providers allow for a key.</summary>
    public const int MaxLength = 255;

    /// <summary>Creates a key.</summary>
    /// <param name="tenant">The tenant: the same id of another tenant is another operation.</param>
    /// <param name="scope">The kind of business, such as <c>payment-notification</c> or <c>refund</c>.</param>
    /// <param name="key">The requester's id.</param>
    /// <exception cref="ArgumentException">
    /// A text is empty, too long, has control characters or half a surrogate pair, or begins or ends with a space.
    /// </exception>
    public OperationKey(TenantId tenant, string scope, string key)
    {
        Tenant = tenant;
        Scope = Require(scope, nameof(scope));
        Key = Require(key, nameof(key));
    }

    /// <summary>The tenant.</summary>
    public TenantId Tenant { get; }

    /// <summary>The kind of business.</summary>
    public string Scope { get; }

    /// <summary>The requester's id.</summary>
    public string Key { get; }

    /// <summary>A key of the default tenant.</summary>
    /// <exception cref="ArgumentException">As for the constructor.</exception>
    public static OperationKey Of(string scope, string key) => new(TenantId.Default, scope, key);

    /// <summary>Why a text cannot be a scope or a key; <see langword="null"/> if it can.</summary>
    public static string? FaultOf(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "it is empty";
        }

        if (text.Length > MaxLength)
        {
            return string.Create(CultureInfo.InvariantCulture, $"it has {text.Length} characters and may have {MaxLength}");
        }

        if (char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]))
        {
            return "it begins or ends with a space";
        }

        var rest = text.AsSpan();
        while (Rune.DecodeFromUtf16(rest, out var rune, out var length) == System.Buffers.OperationStatus.Done)
        {
            // Format characters are invisible: two keys that differ only in one look the same in every list.
            if (Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                var position = text.Length - rest.Length;
                return string.Create(
                    CultureInfo.InvariantCulture, $"it has the invisible character U+{rune.Value:X4} at position {position}");
            }

            rest = rest[length..];
        }

        return rest.IsEmpty
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"it has half a surrogate pair at position {text.Length - rest.Length}");
    }

    /// <summary>The key as <c>tenant/scope/key</c>, for people.</summary>
    public override string ToString() => $"{Tenant}/{Scope}/{Key}";

    private static string Require(string text, string name)
    {
        ArgumentNullException.ThrowIfNull(text, name);
        return FaultOf(text) is { } fault ? throw new ArgumentException($"This cannot identify an operation: {fault}.", name) : text;
    }
}
