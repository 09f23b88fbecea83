using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using OrderKit.Core;

namespace OrderKit.Messaging.Tests;

/// <summary>What goes into an outbox comes out of it.</summary>
public sealed class OrderEventCodecProperties
{
    private static readonly string[] Texts = ["captured", "已付款", "a \"quoted\" \\ text", "📦🏠", "<&'>", "\u0000\u001f", " ", "é"];
    private static readonly Arbitrary<int> Seeds = Gen.Choose(0, int.MaxValue - 1).ToArbitrary();

    [Fact]
    public void Any_event_comes_back_as_it_was() =>
        Prop.ForAll(Seeds, seed =>
        {
            var told = Any(new Random(seed));
            var back = OrderEventCodec.Decode(OrderEventCodec.Encode(told));

            Assert.Equal(told.States, back.States);
            Assert.Equal(told.Holds, back.Holds);
            Assert.Equal(told.OpenedCases, back.OpenedCases);
            Assert.Equal(Plain(told), Plain(back));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));

    [Fact]
    public void One_event_always_gives_the_same_bytes() =>
        Prop.ForAll(Seeds, seed => OrderEventCodec.Encode(Any(new Random(seed))).AsSpan().SequenceEqual(OrderEventCodec.Encode(Any(new Random(seed)))))
            .Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Fields_that_a_later_version_adds_are_passed_over()
    {
        var body = Encoding.UTF8.GetString(OrderEventCodec.Encode(Post.Event("A", 1)));

        Assert.Equal(1, OrderEventCodec.Decode(Encoding.UTF8.GetBytes("{\"new\":{\"x\":[1]}," + body[1..])).Version);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("null")]
    [InlineData("{\"tenant\":null}")]
    [InlineData("{\"tenant\":\"t\",\"order\":\"no order\"}")]
    public void Other_bytes_are_refused(string body) =>
        Assert.ThrowsAny<JsonException>(() => OrderEventCodec.Decode(Encoding.UTF8.GetBytes(body)));

    private static OrderEvent Any(Random random) => new(
        new OrderKey(new TenantId($"t{random.Next(3)}"), OrderId.Derive(new ChannelCode("DY"), $"{random.Next()}")),
        random.NextInt64(1, long.MaxValue),
        Text(random),
        Text(random),
        [.. Enumerable.Range(0, random.Next(5)).Select(i => KeyValuePair.Create($"facet{i}", random.Next(4096)))],
        Text(random),
        [.. Enumerable.Range(0, random.Next(4)).Select(_ => Text(random))],
        [.. Enumerable.Range(0, random.Next(4)).Select(_ => Text(random))],
        Text(random),
        random.Next(3) == 0 ? null : new DateTimeOffset(random.NextInt64(DateTime.MaxValue.Ticks), TimeSpan.Zero),
        new DateTimeOffset(random.NextInt64(DateTime.MaxValue.Ticks), TimeSpan.Zero),
        random.Next(2) == 0 ? null : Text(random));

    private static string Text(Random random) => string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => Texts[random.Next(Texts.Length)]));

    private static OrderEvent Plain(OrderEvent told) => told with { States = NoStates, Holds = NoTexts, OpenedCases = NoTexts };

    private static readonly KeyValuePair<string, int>[] NoStates = [];
    private static readonly string[] NoTexts = [];
}
