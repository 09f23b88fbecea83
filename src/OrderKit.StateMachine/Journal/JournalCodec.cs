using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>Writes a journal row as the bytes that are hashed: one form for one content, on every machine and in every version.</summary>
/// <remarks>
/// <para>
/// Everything enters but <see cref="JournalEntry.Segment"/>, which the row only gets by being sealed. No two contents give the same bytes:
/// the fields stand in a fixed order, numbers are variable-length or of fixed width, texts and lists stand behind their length.
/// </para>
/// <para>
/// Version 1: the version byte; a set of bits for what may be missing; tenant and id of the order; then the fields as written below.
/// Counts, lengths and small numbers are LEB128 (signed ones zigzag first); a text is its length in bytes plus one, or zero for null, and
/// UTF-8; fingerprints, state codes and instants are eight bytes, little-endian; an instant is in microseconds since 1970, UTC.
/// </para>
/// </remarks>
internal static class JournalCodec
{
    /// <summary>The layout that is written.</summary>
    public const byte Version = 1;

    private const int MaxVarint = 10;
    private const int MaxUtf8PerChar = 3;

    // Version and bits, five single bytes, three instants and two eight-byte numbers, sixteen varints, a digest: rounded up generously.
    private const int MaxFixed = 512;

    [Flags]
    private enum Present
    {
        OccurredAt = 1,
        Amount = 2,
        Quantity = 4,
        ReportedState = 8,
        ShipBy = 16,
        DeliverBy = 32,
        DetailDigest = 64,
        IsTransition = 128,
    }

    /// <summary>How many bytes <see cref="Write"/> needs at most.</summary>
    public static int MaxLengthOf(OrderKey order, JournalEntry entry)
    {
        var chars = order.Tenant.Value.Length + OrderId.MaxLength + LengthOf(entry.Trigger) + LengthOf(entry.FailedGuards)
            + LengthOf(entry.Source) + LengthOf(entry.FactId) + LengthOf(entry.Evidence) + LengthOf(entry.Currency) + LengthOf(entry.RawStatus)
            + LengthOf(entry.Operator) + LengthOf(entry.TraceId) + LengthOf(entry.ResponseCode);
        var total = (long)MaxFixed;
        for (var i = 0; i < entry.Attachments.Count; i++)
        {
            chars += LengthOf(entry.Attachments[i].Name) + LengthOf(entry.Attachments[i].MediaType);
            total += Digest.Size + (2 * MaxVarint);
        }

        return checked((int)(total + ((long)chars * MaxUtf8PerChar)));
    }

    /// <summary>Writes a row and returns its length.</summary>
    /// <param name="destination">At least <see cref="MaxLengthOf"/> bytes.</param>
    /// <param name="order">The order that the row belongs to.</param>
    /// <param name="entry">The row.</param>
    public static int Write(Span<byte> destination, OrderKey order, JournalEntry entry)
    {
        var present = (entry.OccurredAt.HasValue ? Present.OccurredAt : 0) | (entry.Amount.HasValue ? Present.Amount : 0)
            | (entry.Quantity.HasValue ? Present.Quantity : 0) | (entry.ReportedState.HasValue ? Present.ReportedState : 0)
            | (entry.ShipBy.HasValue ? Present.ShipBy : 0) | (entry.DeliverBy.HasValue ? Present.DeliverBy : 0)
            | (entry.DetailDigest.HasValue ? Present.DetailDigest : 0) | (entry.IsTransition ? Present.IsTransition : 0);

        Span<char> id = stackalloc char[OrderId.MaxLength];
        order.Order.TryFormat(id, out var idLength);
        var at = 0;
        destination[at++] = Version;
        destination[at++] = (byte)present;
        Text(destination, ref at, order.Tenant.Value);
        Text(destination, ref at, id[..idLength]);
        Number(destination, ref at, entry.Version);
        Fixed(destination, ref at, entry.Model.Value);
        Text(destination, ref at, entry.Trigger);
        destination[at++] = (byte)entry.Standing;
        destination[at++] = (byte)entry.Kind;
        destination[at++] = (byte)entry.Reason;
        Fixed(destination, ref at, entry.States.Packed);
        Number(destination, ref at, entry.MovedFacets);
        Count(destination, ref at, entry.Holds);
        Count(destination, ref at, entry.Cases);
        Count(destination, ref at, entry.Anchors);
        Number(destination, ref at, entry.Profile);
        Number(destination, ref at, entry.First.Index);
        Number(destination, ref at, entry.First.Change);
        Number(destination, ref at, entry.Second.Index);
        Number(destination, ref at, entry.Second.Change);
        Text(destination, ref at, entry.FailedGuards);
        Text(destination, ref at, entry.Source);
        Text(destination, ref at, entry.FactId);
        Text(destination, ref at, entry.Evidence);
        Instant(destination, ref at, entry.OccurredAt);
        Instant(destination, ref at, entry.RecordedAt);
        NumberOrNothing(destination, ref at, entry.Amount);
        Text(destination, ref at, entry.Currency);
        NumberOrNothing(destination, ref at, entry.Quantity);
        NumberOrNothing(destination, ref at, entry.ReportedState);
        Text(destination, ref at, entry.RawStatus);
        Instant(destination, ref at, entry.ShipBy);
        Instant(destination, ref at, entry.DeliverBy);
        Text(destination, ref at, entry.Operator);
        Text(destination, ref at, entry.TraceId);
        Text(destination, ref at, entry.ResponseCode);
        Count(destination, ref at, (ulong)entry.Attachments.Count);
        for (var i = 0; i < entry.Attachments.Count; i++)
        {
            var attachment = entry.Attachments[i];
            Text(destination, ref at, attachment.Name);
            Text(destination, ref at, attachment.MediaType);
            attachment.Digest.CopyTo(destination[at..]);
            at += Digest.Size;
        }

        if (entry.DetailDigest is { } digest)
        {
            digest.CopyTo(destination[at..]);
            at += Digest.Size;
        }

        return at;
    }

    /// <summary>The canonical bytes of a row, in an array of their own.</summary>
    public static byte[] ToArray(OrderKey order, JournalEntry entry)
    {
        var buffer = new byte[MaxLengthOf(order, entry)];
        return buffer.AsSpan(0, Write(buffer, order, entry)).ToArray();
    }

    private static int LengthOf(string? text) => text?.Length ?? 0;

    private static void Fixed(Span<byte> destination, ref int at, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination[at..], value);
        at += sizeof(ulong);
    }

    private static void Instant(Span<byte> destination, ref int at, DateTimeOffset? value)
    {
        if (value is { } instant)
        {
            Fixed(destination, ref at, (ulong)Instants.ToUnixMicroseconds(instant));
        }
    }

    private static void NumberOrNothing(Span<byte> destination, ref int at, long? value)
    {
        if (value is { } number)
        {
            Number(destination, ref at, number);
        }
    }

    private static void Number(Span<byte> destination, ref int at, long value) =>
        Count(destination, ref at, (ulong)((value << 1) ^ (value >> 63)));

    private static void Count(Span<byte> destination, ref int at, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            destination[at++] = (byte)(value | 0x80);
        }

        destination[at++] = (byte)value;
    }

    private static void Text(Span<byte> destination, ref int at, string? text)
    {
        if (text is null)
        {
            destination[at++] = 0;
        }
        else
        {
            Text(destination, ref at, text.AsSpan());
        }
    }

    private static void Text(Span<byte> destination, ref int at, ReadOnlySpan<char> text)
    {
        // A text of up to 42 characters has at most 126 bytes, so its length takes one byte whatever it is.
        if (text.Length <= 42 && Utf8.FromUtf16(text, destination[(at + 1)..], out _, out var written, replaceInvalidSequences: false) == System.Buffers.OperationStatus.Done)
        {
            destination[at] = (byte)(written + 1);
            at += 1 + written;
            return;
        }

        Count(destination, ref at, (ulong)Utf8LengthOf(text) + 1);
        WriteUtf8(destination, ref at, text);
    }

    private static int Utf8LengthOf(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (!text.IsEmpty)
        {
            var status = Rune.DecodeFromUtf16(text, out var rune, out var consumed);
            length += status == System.Buffers.OperationStatus.Done ? rune.Utf8SequenceLength : MaxUtf8PerChar;
            text = text[consumed..];
        }

        return length;
    }

    // Outside systems do send half surrogate pairs. They have no UTF-8 form, and a row that cannot be sealed would hold up all others:
    // such a half is written as its three generalised bytes, which no well-formed text contains.
    private static void WriteUtf8(Span<byte> destination, ref int at, ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Utf8.FromUtf16(text, destination[at..], out var read, out var written, replaceInvalidSequences: false) == System.Buffers.OperationStatus.Done)
            {
                at += written;
                return;
            }

            at += written;
            var half = text[read];
            destination[at++] = (byte)(0xE0 | (half >> 12));
            destination[at++] = (byte)(0x80 | ((half >> 6) & 0x3F));
            destination[at++] = (byte)(0x80 | (half & 0x3F));
            text = text[(read + 1)..];
        }
    }
}
