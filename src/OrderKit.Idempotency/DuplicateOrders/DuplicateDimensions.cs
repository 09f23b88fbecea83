namespace OrderKit.Idempotency;

/// <summary>The dimensions from which the subject of a <see cref="DuplicateRule"/> is built.</summary>
/// <remarks>A rule ignores an order that lacks one of the rule's dimensions.</remarks>
public static class DuplicateDimensions
{
    /// <summary>The channel's code.</summary>
    public const string Channel = "channel";

    /// <summary>The channel's order number together with the shop. Compared character by character.</summary>
    public const string ExternalNumber = "external-number";

    /// <summary>The buyer's account; compared character by character.</summary>
    public const string Buyer = "buyer";

    /// <summary>The cart; compared character by character.</summary>
    public const string Cart = "cart";

    /// <summary>The articles and their quantities, in any order. Lines of the same article are added up.</summary>
    public const string Lines = "lines";

    /// <summary>The delivery address. Only letters and digits count; case and character width are ignored.</summary>
    public const string Address = "address";

    /// <summary>The phone number. Only digits count, without China's country code.</summary>
    public const string Phone = "phone";

    /// <summary>The total and its currency. An order with a total of zero is ignored.</summary>
    public const string Amount = "amount";

    /// <summary>The IP address that the order was placed from.</summary>
    public const string Ip = "ip";

    /// <summary>The network of the IP address: the first 24 bits of IPv4, the first 64 bits of IPv6.</summary>
    public const string IpRange = "ip-range";

    /// <summary>The fingerprint of the device; compared character by character.</summary>
    public const string Device = "device";

    /// <summary>The prefix of a dimension that the host defines, as in <c>field:coupon</c>. Case, width and spaces are ignored.</summary>
    public const string FieldPrefix = "field:";

    internal static bool IsKnown(string name) =>
        name is Channel or ExternalNumber or Buyer or Cart or Lines or Address or Phone or Amount or Ip or IpRange or Device
        || (name.StartsWith(FieldPrefix, StringComparison.Ordinal) && name.Length > FieldPrefix.Length);
}
