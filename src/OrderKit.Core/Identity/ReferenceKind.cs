namespace OrderKit.Core;

/// <summary>The kind of a reference: who issued the number, and for what.</summary>
/// <remarks>
/// A host may add its own kinds. The default value is no kind: its <see cref="Code"/> is empty, and it makes no reference.
/// </remarks>
public readonly record struct ReferenceKind
{
    /// <summary>The longest code.</summary>
    public const int MaxLength = 32;

    private readonly string? _code;

    /// <summary>Names a kind of reference.</summary>
    /// <param name="code">1 to 32 characters out of a–z, 0–9 and the hyphen.</param>
    /// <exception cref="ArgumentException">The code is longer, empty, or has another character.</exception>
    public ReferenceKind(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        if (!IsValid(code))
        {
            throw new ArgumentException(
                $"Reference kind '{code}' is not valid; it has 1 to {MaxLength} characters out of a-z, 0-9 and '-'.", nameof(code));
        }

        _code = code;
    }

    /// <summary>The channel's own order number.</summary>
    public static ReferenceKind External { get; } = new("external");

    /// <summary>The merchant's trade number of a payment request.</summary>
    public static ReferenceKind Trade { get; } = new("trade");

    /// <summary>The payment provider's transaction number.</summary>
    public static ReferenceKind Payment { get; } = new("payment");

    /// <summary>The carrier's waybill number.</summary>
    public static ReferenceKind Waybill { get; } = new("waybill");

    /// <summary>The warehouse's outbound document.</summary>
    public static ReferenceKind Outbound { get; } = new("outbound");

    /// <summary>The number of a refund, return or exchange ticket.</summary>
    public static ReferenceKind AfterSale { get; } = new("after-sale");

    /// <summary>The ERP's document number.</summary>
    public static ReferenceKind Erp { get; } = new("erp");

    /// <summary>The short code for people; see <see cref="ShortCodes"/>.</summary>
    public static ReferenceKind ShortCode { get; } = new("short-code");

    /// <summary>The id of another order, such as the other part of a split order.</summary>
    public static ReferenceKind Order { get; } = new("order");

    /// <summary>The kind's code, or an empty text for the default value.</summary>
    public string Code => _code ?? "";

    /// <summary>Returns <see cref="Code"/>.</summary>
    public override string ToString() => Code;

    private static bool IsValid(string code)
    {
        if (code.Length is 0 or > MaxLength)
            return false;
        foreach (var c in code)
        {
            if (c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-'))
                return false;
        }

        return true;
    }
}
