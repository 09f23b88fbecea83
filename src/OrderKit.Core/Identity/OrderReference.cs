namespace OrderKit.Core;

/// <summary>A number of an order in another system. A number may belong to several orders, and an order has several numbers.</summary>
/// <remarks>Values are compared by character; case matters.</remarks>
public readonly record struct OrderReference
{
    /// <summary>The longest reference.</summary>
    public const int MaxLength = 128;

    private readonly string? _value;

    /// <summary>Makes a reference.</summary>
    /// <param name="Tenant">The tenant that the number belongs to.</param>
    /// <param name="Kind">The kind of number.</param>
    /// <param name="Value">1 to 128 characters, without control characters or surrounding white space.</param>
    /// <exception cref="ArgumentException">The kind is the default value, or the value breaks one of these rules.</exception>
    public OrderReference(TenantId Tenant, ReferenceKind Kind, string Value)
    {
        if (Kind == default)
            throw new ArgumentException(
                "The kind is default(ReferenceKind), which is no kind; pass one such as ReferenceKind.External.", nameof(Kind));
        this.Tenant = Tenant;
        this.Kind = Kind;
        _value = IdentifierText.Require(Value, MaxLength, $"The {Kind.Code} reference", nameof(Value));
    }

    /// <summary>The tenant that the number belongs to.</summary>
    public TenantId Tenant { get; }

    /// <summary>The kind of number.</summary>
    public ReferenceKind Kind { get; }

    /// <summary>The number itself, or an empty text for the default value.</summary>
    public string Value => _value ?? "";

    /// <summary>Deconstructs the reference.</summary>
    public void Deconstruct(out TenantId tenant, out ReferenceKind kind, out string value) =>
        (tenant, kind, value) = (Tenant, Kind, Value);

    /// <summary>Returns tenant, kind and value, as in <c>default/waybill:SF1234567890</c>.</summary>
    public override string ToString() => $"{Tenant.Value}/{Kind.Code}:{Value}";
}
