using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrderKit.Idempotency;

/// <summary>Normalises texts, in the same way on every machine: without the culture or the Unicode tables of the system.</summary>
internal static class SubjectText
{
    /// <summary>Removes spaces; converts to upper case and normal width.</summary>
    internal static string Loose(string text) => Fold(text, static c => !char.IsWhiteSpace(c));

    /// <summary>
    /// Keeps letters and digits, in upper case and normal width. Surrogates are kept, because they encode letters of rare names.
    /// </summary>
    internal static string Address(string text) => Fold(text, static c => char.IsLetterOrDigit(c) || char.IsSurrogate(c));

    /// <summary>Keeps digits, without the country code 86 before a Chinese mobile number.</summary>
    internal static string Phone(string text)
    {
        var digits = Fold(text, char.IsAsciiDigit);
        var national = digits.StartsWith("00", StringComparison.Ordinal) ? digits[2..] : digits;
        return national is ['8', '6', '1', ..] && national.Length == 13 ? national[2..] : digits;
    }

    /// <summary>Returns the canonical form of an IP address. Any other text is only normalised.</summary>
    internal static string Ip(string text) => IPAddress.TryParse(text, out var address) ? Usual(address).ToString() : Loose(text);

    /// <summary>Returns the network of an IP address; empty if the text is not an IP address.</summary>
    internal static string IpRange(string text)
    {
        if (!IPAddress.TryParse(text, out var given))
        {
            return "";
        }

        var address = Usual(given);
        var bytes = address.GetAddressBytes();
        var kept = address.AddressFamily == AddressFamily.InterNetwork ? 3 : 8;
        return Convert.ToHexString(bytes, 0, kept);
    }

    private static IPAddress Usual(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static string Fold(string text, Func<char, bool> keep)
    {
        const char FirstFullWidth = '\uFF01', LastFullWidth = '\uFF5E', FirstAscii = '!';
        var folded = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            var usual = c is >= FirstFullWidth and <= LastFullWidth ? (char)(c - FirstFullWidth + FirstAscii) : c;
            if (keep(usual))
            {
                folded.Append(char.ToUpperInvariant(usual));
            }
        }

        return folded.ToString();
    }
}
