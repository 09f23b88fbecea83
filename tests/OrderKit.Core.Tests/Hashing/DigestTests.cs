using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace OrderKit.Core.Tests;

public sealed class DigestTests
{
    // The examples of FIPS 180-4: the empty message and "abc".
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    public void A_digest_is_the_sha_256_hash_of_the_content(string content, string hex)
    {
        var digest = Digest.Of(Encoding.ASCII.GetBytes(content));
        Assert.Equal(hex, digest.ToString());
        Assert.Equal(digest, Digest.Parse(hex));
        Assert.Equal(digest, Digest.Parse(hex.ToUpperInvariant()));
    }

    [Fact]
    public void Bytes_and_text_lead_back_to_the_same_digest() =>
        Prop.ForAll(Gen.Choose(0, 255).Select(n => (byte)n).ArrayOf(Digest.Size).ToArbitrary(), bytes =>
        {
            var digest = Digest.FromBytes(bytes);
            return digest.ToArray().SequenceEqual(bytes)
                && digest.ToString() == Convert.ToHexStringLower(bytes)
                && Digest.TryParse(digest.ToString(), out var read) && read == digest
                && read.GetHashCode() == digest.GetHashCode()
                && digest.IsZero == bytes.All(b => b == 0);
        }).Check(Generators.Config);

    [Fact]
    public void One_changed_byte_makes_another_digest()
    {
        var bytes = new byte[Digest.Size];
        Assert.True(Digest.FromBytes(bytes).IsZero);
        Assert.Equal(default, Digest.FromBytes(bytes));
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = 1;
            Assert.NotEqual(default, Digest.FromBytes(bytes));
            Assert.False(Digest.FromBytes(bytes).IsZero);
            bytes[i] = 0;
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ba7816bf")]
    [InlineData("ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a ")]
    [InlineData("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad00")]
    public void Other_text_is_no_digest(string? text)
    {
        Assert.False(Digest.TryParse(text, out var digest));
        Assert.True(digest.IsZero);
        if (text is not null)
            Assert.Throws<FormatException>(() => Digest.Parse(text));
    }

    [Fact]
    public void A_digest_has_exactly_32_bytes()
    {
        Assert.Throws<ArgumentException>(() => Digest.FromBytes(new byte[31]));
        Assert.Throws<ArgumentException>(() => Digest.FromBytes(new byte[33]));
        Assert.Throws<ArgumentException>(() => Digest.Of([]).CopyTo(new byte[31]));
        var room = new byte[33];
        Digest.Of([]).CopyTo(room);
        Assert.Equal(0, room[32]);
    }
}
