using FsCheck;
using FsCheck.Fluent;

namespace OrderKit.Core.Tests;

public sealed class CanonicalBytesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 2, 9, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_layout_is_fixed_to_the_byte()
    {
        var writer = new CanonicalWriter();
        writer.WriteVersion(3);
        writer.WriteByte(255);
        writer.WriteBoolean(true);
        writer.WriteInt32(-2);
        writer.WriteInt64(0x0102030405060708);
        writer.WriteString("\u5355A");
        writer.WriteString(null);
        writer.WriteBytes([7, 8]);
        writer.WriteInstant(DateTimeOffset.UnixEpoch.AddTicks(-1));
        writer.WriteNullableInt32(null);
        writer.WriteNullableInt32(1);
        writer.WriteNullableInt64(2);
        writer.WriteNullableInstant(null);
        writer.WriteNullableBytes(null);
        writer.WriteNullableBytes([]);
        Assert.Equal(
            "03" + "FF" + "01" + "FEFFFFFF" + "0807060504030201" + "04000000E58D9541" + "FFFFFFFF" + "020000000708"
            + "FFFFFFFFFFFFFFFF" + "00" + "0101000000" + "010200000000000000" + "00" + "FFFFFFFF" + "00000000",
            Convert.ToHexString(writer.WrittenSpan));
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        var digest = Digest.Of([1]);
        var writer = new CanonicalWriter();
        writer.WriteVersion(2);
        writer.WriteByte(9);
        writer.WriteBoolean(false);
        writer.WriteInt32(int.MinValue);
        writer.WriteInt64(long.MaxValue);
        writer.WriteString("");
        writer.WriteString(null);
        writer.WriteString("kept");
        writer.WriteBytes([1, 2, 3]);
        writer.WriteInstant(Noon.ToOffset(TimeSpan.FromHours(8)));
        writer.WriteDigest(digest);
        writer.WriteNullableInt32(5);
        writer.WriteNullableInt64(null);
        writer.WriteNullableInt64(6);
        writer.WriteNullableInstant(Noon);
        writer.WriteNullableInstant(null);
        writer.WriteNullableBytes(null);
        writer.WriteNullableBytes([4]);
        writer.WriteNullableDigest(null);
        writer.WriteNullableDigest(digest);

        var reader = new CanonicalReader(writer.WrittenSpan);
        Assert.Equal(2, reader.ReadVersion(2));
        Assert.Equal(9, reader.ReadByte());
        Assert.False(reader.ReadBoolean());
        Assert.Equal(int.MinValue, reader.ReadInt32());
        Assert.Equal(long.MaxValue, reader.ReadInt64());
        Assert.Equal("", reader.ReadString());
        Assert.Null(reader.ReadString());
        Assert.Equal("kept", reader.ReadRequiredString());
        Assert.Equal([1, 2, 3], reader.ReadBytes().ToArray());
        Assert.Equal(Noon, reader.ReadInstant());
        Assert.Equal(digest, reader.ReadDigest());
        Assert.Equal(5, reader.ReadNullableInt32());
        Assert.Null(reader.ReadNullableInt64());
        Assert.Equal(6, reader.ReadNullableInt64());
        Assert.Equal(Noon, reader.ReadNullableInstant());
        Assert.Null(reader.ReadNullableInstant());
        Assert.Null(reader.ReadNullableBytes());
        Assert.Equal([4], reader.ReadNullableBytes());
        Assert.Null(reader.ReadNullableDigest());
        Assert.Equal(digest, reader.ReadNullableDigest());
        Assert.True(reader.IsAtEnd);
        Assert.Equal(writer.WrittenSpan.Length, reader.Position);
        reader.RequireEnd();
    }

    [Fact]
    public void Any_texts_are_read_again_and_no_two_lists_of_texts_look_alike() =>
        Prop.ForAll(Generators.Texts.ListOf().ToArbitrary(), Generators.Texts.ListOf().ToArbitrary(), (one, other) =>
        {
            var written = Write(one);
            var reader = new CanonicalReader(written);
            foreach (var text in one)
            {
                if (reader.ReadRequiredString() != text)
                    return false;
            }

            return reader.IsAtEnd && (one.SequenceEqual(other) || !written.AsSpan().SequenceEqual(Write(other)));
        }).Check(Generators.Config);

    [Fact]
    public void Content_cut_anywhere_is_refused()
    {
        var writer = new CanonicalWriter();
        writer.WriteVersion(1);
        writer.WriteString("text");
        writer.WriteNullableInt64(1);
        writer.WriteBytes([1, 2]);
        writer.WriteDigest(default);
        writer.WriteInstant(Noon);
        var whole = writer.WrittenSpan.ToArray();

        Read(whole);
        for (var length = 0; length < whole.Length; length++)
            Assert.Contains("cut off", Assert.Throws<FormatException>(() => Read(whole[..length])).Message);
        Assert.Contains("1 bytes follow", Assert.Throws<FormatException>(() => Read([.. whole, 0])).Message);

        static void Read(byte[] content)
        {
            var reader = new CanonicalReader(content);
            reader.ReadVersion(1);
            reader.ReadString();
            reader.ReadNullableInt64();
            reader.ReadBytes();
            reader.ReadDigest();
            reader.ReadInstant();
            reader.RequireEnd();
        }
    }

    [Fact]
    public void Foreign_content_is_refused_with_a_reason()
    {
        Assert.Contains("version 0", Refusal([0], r => r.ReadVersion(1)));
        Assert.Contains("version 2", Refusal([2], r => r.ReadVersion(1)));
        Assert.Contains("no truth value", Refusal([2], r => r.ReadBoolean()));
        Assert.Contains("no truth value", Refusal([2, 0, 0, 0, 0], r => r.ReadNullableInt32()));
        Assert.Contains("is -2", Refusal([254, 255, 255, 255], r => r.ReadString()));
        Assert.Contains("cut off", Refusal([255, 255, 255, 127], r => r.ReadString()));
        Assert.Contains("UTF-8", Refusal([1, 0, 0, 0, 0xFF], r => r.ReadString()));
        Assert.Contains("null instead", Refusal([255, 255, 255, 255], r => r.ReadRequiredString()));
        Assert.Contains("null instead", Refusal([255, 255, 255, 255], r => r.ReadBytes()));
        Assert.Contains("years 1 to 9999", Refusal([255, 255, 255, 255, 255, 255, 255, 127], r => r.ReadInstant()));
    }

    [Fact]
    public void Any_bytes_are_either_read_or_refused_but_never_crash() =>
        Prop.ForAll(Gen.Choose(0, 255).Select(n => (byte)n).ArrayOf().ToArbitrary(), bytes =>
        {
            try
            {
                var reader = new CanonicalReader(bytes);
                while (!reader.IsAtEnd)
                {
                    reader.ReadString();
                    reader.ReadNullableInstant();
                    reader.ReadNullableBytes();
                }
            }
            catch (FormatException)
            {
                return true;
            }

            return true;
        }).Check(Generators.Config);

    [Fact]
    public void Half_a_surrogate_pair_is_refused_and_leaves_nothing_behind()
    {
        var writer = new CanonicalWriter();
        writer.WriteByte(1);
        Assert.ThrowsAny<ArgumentException>(() => writer.WriteString("a\uD83D"));
        Assert.Equal(1, writer.WrittenSpan.Length);
    }

    [Fact]
    public void A_layout_has_no_version_zero() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CanonicalWriter().WriteVersion(0));

    [Fact]
    public void A_writer_can_be_used_again()
    {
        var writer = new CanonicalWriter();
        writer.WriteString(new string('x', 10_000));
        var first = writer.ToDigest();
        writer.Reset();
        Assert.Equal(0, writer.WrittenSpan.Length);
        Assert.Equal(Digest.Of([]), writer.ToDigest());
        writer.WriteString(new string('x', 10_000));
        Assert.Equal(first, writer.ToDigest());
    }

    private static byte[] Write(IEnumerable<string> texts)
    {
        var writer = new CanonicalWriter();
        foreach (var text in texts)
            writer.WriteString(text);
        return writer.WrittenSpan.ToArray();
    }

    private delegate void Reading(CanonicalReader reader);

    private static string Refusal(byte[] content, Reading reading) =>
        Assert.Throws<FormatException>(() => reading(new CanonicalReader(content))).Message;
}
