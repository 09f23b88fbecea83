using System.Text;

namespace OrderKit.Core;

/// <summary>The lengths and the encoding that writer and reader share.</summary>
internal static class CanonicalText
{
    internal const int NullLength = -1;

    // Strict, because the usual encoding turns every broken character into the same replacement: two texts would hash alike.
    internal static readonly UTF8Encoding Encoding = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
