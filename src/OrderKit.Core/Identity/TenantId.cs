namespace OrderKit.Core;

/// <summary>The company or brand that an order belongs to. It is part of every key.</summary>
/// <remarks>The default value equals <see cref="Default"/>, so that a host with one tenant does not have to pass it.</remarks>
public readonly record struct TenantId
{
    /// <summary>The longest tenant name.</summary>
    public const int MaxLength = 64;

    private const string DefaultValue = "default";

    // Null stands for "default", which makes default(TenantId) equal to it without a special case in Equals.
    private readonly string? _value;

    /// <summary>Names a tenant.</summary>
    /// <param name="value">1 to 64 characters, without control characters or surrounding white space.</param>
    /// <exception cref="ArgumentException">The value breaks one of these rules.</exception>
    public TenantId(string value)
    {
        IdentifierText.Require(value, MaxLength, "The tenant id", nameof(value));
        _value = value == DefaultValue ? null : value;
    }

    /// <summary>The tenant of hosts that have only one.</summary>
    /// <value>A tenant named "default".</value>
    public static TenantId Default => default;

    /// <summary>The tenant's name.</summary>
    public string Value => _value ?? DefaultValue;

    /// <summary>Returns <see cref="Value"/>.</summary>
    public override string ToString() => Value;
}
