namespace OrderKit.Core;

/// <summary>A number under which somebody else knows an order; one number may name several orders, and an order has several numbers.</summary>
/// <remarks>Values are compared character by character: the same number in another case is another number.</remarks>
public readonly record struct OrderReference
{
    /// <summary>The longest reference.</summary>
    public const int MaxLength = 128;

    private readonly string? _value;

    /// <summary>Names an order the way that somebody else does.</summary>
    /// <param name="Tenant">The tenant in whose books the number stands.</param>
    /// <param name="Kind">What sort of number it is.</param>
    /// <param name="Value">1 to 128 characters, without control characters or surrounding white space.</param>
    /// <exception cref="ArgumentException">The kind is the default value, or the value breaks one of these rules.</exception>
    public OrderReference(TenantId Tenant, ReferenceKind Kind, string Value)
    {
        if (Kind == default)
            throw new ArgumentException("The kind is default(ReferenceKind), which is no kind; pass ReferenceKind.External or another one.", nameof(Kind));
        this.Tenant = Tenant;
        this.Kind = Kind;
        _value = IdentifierText.Require(Value, MaxLength, $"The {Kind.Code} reference", nameof(Value));
    }

    /// <summary>The tenant in whose books the number stands.</summary>
    public TenantId Tenant { get; }

    /// <summary>What sort of number it is.</summary>
    public ReferenceKind Kind { get; }

    /// <summary>The number itself, or an empty text for the default value.</summary>
    public string Value => _value ?? "";

    /// <summary>Takes the reference apart.</summary>
    public void Deconstruct(out TenantId tenant, out ReferenceKind kind, out string value) =>
        (tenant, kind, value) = (Tenant, Kind, Value);

    /// <summary>Returns tenant, kind and value, as in <c>default/waybill:SF1234567890</c>.</summary>
    public override string ToString() => $"{Tenant.Value}/{Kind.Code}:{Value}";
}
