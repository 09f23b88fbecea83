using System.Globalization;

namespace OrderKit.Core;

/// <summary>Makes short codes for people, such as <c>DY_20260209_8A3F7B</c>.</summary>
public static class ShortCodes
{
    private const int TailLength = 6;

    /// <summary>The order's channel, the day on which it was placed, and the last six characters of its id.</summary>
    /// <exception cref="ArgumentException">The id is empty.</exception>
    /// <remarks>
    /// Six characters are 30 bits: among 10,000 orders of one channel and day, the probability that two share a code is about 5 %.
    /// A short code is therefore a reference to one or more orders, never a key.
    /// </remarks>
    public static string For(OrderId id, DateOnly placedOn)
    {
        if (id.IsEmpty)
            throw new ArgumentException("The id is default(OrderId), which is no order; derive it or parse it first.", nameof(id));
        Span<char> text = stackalloc char[OrderId.MaxLength];
        id.TryFormat(text, out var length);
        var tail = text.Slice(length - TailLength, TailLength);
        return string.Create(CultureInfo.InvariantCulture, $"{id.Channel}_{placedOn:yyyyMMdd}_{tail}");
    }
}
