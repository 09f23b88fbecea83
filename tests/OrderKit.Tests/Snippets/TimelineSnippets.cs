using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.StateMachine;

namespace OrderKit.Tests.Snippets;

/// <summary>The code of docs/timeline.md.</summary>
public sealed class TimelineSnippets
{
    [Fact]
    public async Task A_timeline_is_written_as_text_json_and_picture()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddOrderKit().UseInMemory();
        await using var provider = services.BuildServiceProvider();
        var order = OrderKey.For(OrderId.Derive(new ChannelCode("TB"), "2026020688213"));
        await provider.GetRequiredService<OrderLifecycle>().FireAsync(new() { Trigger = "placed", Source = "taobao", Order = order });
        var queries = provider.GetRequiredService<OrderQueries>();

        #region timeline
        var options = new TimelineOptions
        {
            UtcOffset = TimeSpan.FromHours(8),                          // people read it in China
            Words = TimelineWords.Chinese,
            LogLink = "https://logs.example/{traceId}",
        };
        var timeline = await queries.TimelineAsync(order, options);     // null where there is no such order

        var text = timeline!.ToText();                       // for a terminal or a mail
        var json = timeline!.ToJson();                       // for a page of your own
        var svg = timeline!.ToSvg();                         // a picture, without scripts
        #endregion

        Assert.Contains("placed", json, StringComparison.Ordinal);
        Assert.NotEmpty(text);
        Assert.StartsWith("<svg", svg, StringComparison.Ordinal);
    }
}
