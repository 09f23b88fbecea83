namespace OrderKit.Idempotency;

/// <summary>What the subject of a <see cref="DuplicateRule"/> can be made of.</summary>
/// <remarks>An order that lacks one of a rule's dimensions is not judged by that rule.</remarks>
public static class DuplicateDimensions
{
    /// <summary>The channel's code.</summary>
    public const string Channel = "channel";

    /// <summary>The channel's number of the order, with the shop; compared character by character.</summary>
    public const string ExternalNumber = "external-number";

    /// <summary>The buyer's account; compared character by character.</summary>
    public const string Buyer = "buyer";

    /// <summary>The cart; compared character by character.</summary>
    public const string Cart = "cart";

    /// <summary>The articles and how many of each, in any order; lines of one article are added up.</summary>
    public const string Lines = "lines";

    /// <summary>The delivery address: letters and digits only, whatever their case or width.</summary>
    public const string Address = "address";

    /// <summary>The phone number: digits only, without China's country code.</summary>
    public const string Phone = "phone";

    /// <summary>The total and its currency; an order over nothing is not judged.</summary>
    public const string Amount = "amount";

    /// <summary>The address that the order was sent from.</summary>
    public const string Ip = "ip";

    /// <summary>The neighbourhood of that address: the first 24 bits of IPv4, the first 64 of IPv6.</summary>
    public const string IpRange = "ip-range";

    /// <summary>The fingerprint of the device; compared character by character.</summary>
    public const string Device = "device";

    /// <summary>What a field of the host's own begins with, as in <c>field:coupon</c>; its case, width and spaces do not count.</summary>
    public const string FieldPrefix = "field:";

    internal static bool IsKnown(string name) => name is Channel or ExternalNumber or Buyer or Cart or Lines or Address or Phone or Amount or Ip or IpRange or Device
        || (name.StartsWith(FieldPrefix, StringComparison.Ordinal) && name.Length > FieldPrefix.Length);
}
