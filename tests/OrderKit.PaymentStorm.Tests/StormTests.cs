using System.Text.RegularExpressions;
using PaymentStorm;

namespace OrderKit.PaymentStorm.Tests;

public sealed class StormTests
{
    [Theory]
    [InlineData("--store", "oracle")]
    [InlineData("--seconds", "0")]
    [InlineData("--seconds", "soon")]
    [InlineData("--callers", "-1")]
    [InlineData("--connection", "storm.db")]
    [InlineData("--connection")]
    [InlineData("--serve", "65536")]
    [InlineData("--serve", "-1")]
    [InlineData("--orders", "0")]
    [InlineData("--secret", "")]
    [InlineData("--acknowledged", "there-is-no-such-file")]
    [InlineData("--fast", "1")]
    public void What_cannot_be_meant_is_refused_with_what_can(params string[] args)
    {
        Assert.Null(StormOptions.Parse(args, out var fault));
        Assert.Contains(args[0], fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_options_it_is_a_short_storm_on_a_file_of_its_own() =>
        Assert.Equal(new StormOptions { UsesPostgres = false, Connection = null, Seconds = 20, Callers = 256, Port = null, Orders = 50_000 }, StormOptions.Parse([], out _));

    [Fact]
    public void Every_callback_is_delivered_three_times()
    {
        var stream = new CallbackStream(orders: 50, seed: 1);
        var counts = new Dictionary<Callback, int>();
        while (stream.TryTake(out var callback))
        {
            counts[callback] = counts.GetValueOrDefault(callback) + 1;
        }

        Assert.Equal(50 * Callback.Parts, counts.Count);
        Assert.All(counts.Values, count => Assert.Equal(3, count));
    }

    [Fact]
    public void A_part_that_is_lost_and_another_one_of_the_order_that_is_there_twice_are_both_found()
    {
        var book = new PartBook(orders: 2);
        book.NoteAnswer(new Callback(1, 0));
        book.NoteAnswer(new Callback(1, 3));
        book.NoteEffect(new Callback(1, 3));
        book.NoteEffect(new Callback(1, 3));

        // Nobody heard of it, so it may be there or not.
        book.NoteEffect(new Callback(0, 2));

        Assert.Equal((1, 1), book.Compare());
    }

    [Theory]
    [InlineData(0, 0, "20260206000000000000")]
    [InlineData(399_999, 3, "20260206003000399999")]
    public void A_callback_is_known_again_by_its_trade(int order, int part, string trade)
    {
        Assert.Equal(trade, new Callback(order, part).Trade);
        Assert.Equal(new Callback(order, part), Callback.Of(trade));
        Assert.Throws<FormatException>(() => Callback.Of("2026"));
    }

    [Fact]
    public async Task Nothing_is_lost_and_nothing_is_there_twice()
    {
        using var output = new StringWriter();

        Assert.Equal(0, await StormCommand.RunAsync(["--seconds", "1", "--callers", "32"], output));

        Assert.Matches(@"sent [1-9]\d* duplicates [1-9]\d* effects [1-9]\d* lost 0 double 0 callbacks/s \d+ p50 [\d.]+ ms p99 [\d.]+ ms\s*\z", output.ToString());
    }

    [Fact]
    public async Task A_server_that_is_ended_gives_its_account()
    {
        using var stop = new CancellationTokenSource();
        using var output = new Console();
        var run = StormCommand.RunAsync(["--serve", "0", "--orders", "3"], output, stop.Token);
        using (var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = await output.Address.WaitAsync(TimeSpan.FromMinutes(2)) })
        using (var form = new FormUrlEncodedContent([
            new("notify_id", "N1"), new("out_trade_no", "T000000002"), new("trade_no", "2026"), new("trade_status", "TRADE_SUCCESS"), new("total_amount", "200.00")]))
        using (var answer = await client.PostAsync(new Uri("/callbacks/alipay", UriKind.Relative), form))
        {
            Assert.Equal(("success", "T000000002"), (await answer.Content.ReadAsStringAsync(), answer.Headers.GetValues("X-Trade").Single()));
        }

        await stop.CancelAsync();

        Assert.Equal(0, await run);
        Assert.Matches(@"sent 1 duplicates 0 effects 1 lost 0 double 0 callbacks/s \d+ p50 [\d.]+ ms p99 [\d.]+ ms\s*\z", output.ToString());
    }

    private sealed class Console : StringWriter
    {
        private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<Uri> Address => _address.Task;

        public override async Task WriteLineAsync(string? value)
        {
            await base.WriteLineAsync(value);
            if (Regex.Match(value ?? "", "http://127.0.0.1:[0-9]+", RegexOptions.None, TimeSpan.FromSeconds(10)) is { Success: true } found)
            {
                _address.TrySetResult(new Uri(found.Value));
            }
        }
    }
}
