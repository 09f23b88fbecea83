using System.Globalization;

namespace OrderKit.StateMachine;

/// <summary>The content of a model in 64 bits: two models with one fingerprint decide alike.</summary>
/// <remarks>Guards are code and enter by their names: rename a guard when its meaning changes.</remarks>
/// <param name="Value">The first 64 bits of the SHA-256 over the model's canonical form.</param>
public readonly record struct ModelFingerprint(ulong Value)
{
    /// <summary>Sixteen hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Reads sixteen hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is something else.</exception>
    public static ModelFingerprint Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length == 16 && ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? new(value)
            : throw new FormatException($"'{text}' is no fingerprint of a model; it has sixteen hexadecimal digits.");
    }
}
