using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Core.Storage;
using PaymentStorm;
using PaymentStorm.Serving;

namespace OrderKit.PaymentStorm.Tests;

public abstract class CallbackServerTests : IAsyncLifetime
{
    private const int Connections = 12;

    private readonly ServedStore _store;
    private string _connection = "";

    protected CallbackServerTests(ServedStore store) => _store = store;

    public async Task InitializeAsync() => _connection = await _store.OpenAsync();

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task Every_callback_three_times_from_several_connections_pays_each_order_once()
    {
        const int orders = 120;
        await using var server = await StartAsync(orders);

        var answers = await DeliverAsync(server, orders, times: 3);
        var account = await server.CloseAsync();

        Assert.All(answers, static answer => Assert.Equal(HttpStatusCode.OK, answer));
        Assert.Equal((3L * orders, 2L * orders, (long)orders, 0L, 0L), (account.Sent, account.Duplicates, account.Effects, account.Lost, account.Double));
    }

    [Fact]
    public async Task Another_server_on_the_same_store_knows_what_the_first_one_took()
    {
        await using (var first = await StartAsync(orders: 30))
        {
            await DeliverAsync(first, trades: 20, times: 2);
        }

        await using var second = await StartAsync(orders: 40);
        await DeliverAsync(second, trades: 40, times: 3);
        var account = await second.CloseAsync();

        Assert.Equal((20L, 40), (second.EffectsBefore, second.Trades));
        Assert.Equal((120L, 100L, 40L, 0L, 0L), (account.Sent, account.Duplicates, account.Effects, account.Lost, account.Double));
    }

    [Fact]
    public async Task A_payment_that_the_journal_does_not_have_and_one_that_it_has_twice_are_counted()
    {
        await using var server = await StartAsync(orders: 4);
        using var client = ClientOf(server);
        await PostAsync(client, Callbacks.Alipay(0));
        await PostAsync(client, Callbacks.Alipay(0, trade: "another"));
        Assert.True(server.Answers.TryAcknowledge(new Trade(3)));

        var account = await server.CloseAsync();

        Assert.Equal((2L, 1L, 1L), (account.Effects, account.Lost, account.Double));
    }

    [Theory]
    [MemberData(nameof(WrongOnes))]
    public async Task What_is_wrong_has_a_clear_status_and_pays_nothing(string what, HttpStatusCode expected)
    {
        await using var server = await StartAsync(orders: 4);
        using var client = ClientOf(server);

        var answer = await SendAsync(client, Callbacks.Wrong(what));
        var good = await PostAsync(client, Callbacks.Alipay(0));
        var account = await server.CloseAsync();

        Assert.Equal((expected, HttpStatusCode.OK), (answer, good));
        Assert.Equal((1L, 0L, 0L), (account.Effects, account.Lost, account.Double));
        var kept = (await server.Services.GetRequiredService<IQuarantineStore>().QueryAsync(new QuarantineQuery())).Items;
        Assert.Equal(expected == HttpStatusCode.ServiceUnavailable ? 1 : 0, kept.Count);
    }

    public static TheoryData<string, HttpStatusCode> WrongOnes() => new()
    {
        { "no body", HttpStatusCode.BadRequest },
        { "no form", HttpStatusCode.BadRequest },
        { "broken encoding", HttpStatusCode.BadRequest },
        { "no notify_id", HttpStatusCode.BadRequest },
        { "no trade_no", HttpStatusCode.BadRequest },
        { "no amount", HttpStatusCode.BadRequest },
        { "field twice", HttpStatusCode.BadRequest },
        { "unknown status", HttpStatusCode.BadRequest },
        { "amount in words", HttpStatusCode.BadRequest },
        { "amount with an exponent", HttpStatusCode.BadRequest },
        { "amount below zero", HttpStatusCode.BadRequest },
        { "amount with three digits", HttpStatusCode.BadRequest },
        { "control character", HttpStatusCode.BadRequest },
        { "number without end", HttpStatusCode.BadRequest },
        { "json cut off", HttpStatusCode.BadRequest },
        { "json array", HttpStatusCode.BadRequest },
        { "json property twice", HttpStatusCode.BadRequest },
        { "json number as string", HttpStatusCode.BadRequest },
        { "json broken amount", HttpStatusCode.BadRequest },
        { "json half a surrogate", HttpStatusCode.BadRequest },
        { "json other currency", HttpStatusCode.BadRequest },
        { "json too deep", HttpStatusCode.BadRequest },
        { "a megabyte", HttpStatusCode.RequestEntityTooLarge },
        { "a megabyte without length", HttpStatusCode.RequestEntityTooLarge },
        { "GET", HttpStatusCode.MethodNotAllowed },
        { "PUT", HttpStatusCode.MethodNotAllowed },
        { "elsewhere", HttpStatusCode.NotFound },
        { "wrong amount", HttpStatusCode.ServiceUnavailable },
        { "unknown trade", HttpStatusCode.ServiceUnavailable },
        { "trade of the other provider", HttpStatusCode.ServiceUnavailable },
        { "waiting for the buyer", HttpStatusCode.OK },
    };

    [Fact]
    public async Task With_a_secret_only_what_is_signed_is_read()
    {
        await using var server = await StartAsync(orders: 2, secret: "of the demonstration");
        using var client = ClientOf(server);
        var body = await Callbacks.Alipay(0).Content!.ReadAsByteArrayAsync();
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes("of the demonstration"), body));

        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(client, Callbacks.Alipay(0)));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(client, Signed(Callbacks.Alipay(0), "not hex")));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(client, Signed(Callbacks.Alipay(0), signature[2..])));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(client, Signed(Callbacks.Alipay(0, trade: "another"), signature)));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(client, Signed(Callbacks.Alipay(0), signature)));
        Assert.Equal(1, (await server.CloseAsync()).Effects);

        static HttpRequestMessage Signed(HttpRequestMessage message, string signature)
        {
            message.Headers.Add(DemoSignature.Header, signature);
            return message;
        }
    }

    private Task<CallbackServer> StartAsync(int orders, string? secret = null) =>
        CallbackServer.StartAsync(new StormOptions { UsesPostgres = _store.UsesPostgres, Port = 0, Orders = orders, Secret = secret }, _connection);

    // A client of its own for each connection, and all of them behind one gate.
    private static async Task<HttpStatusCode[]> DeliverAsync(CallbackServer server, int trades, int times)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var next = -1;
        var deliveries = Enumerable.Range(0, Connections).Select(async _ =>
        {
            using var client = ClientOf(server);
            var answers = new List<HttpStatusCode>();
            await gate.Task;
            for (var i = Interlocked.Increment(ref next); i < trades * times; i = Interlocked.Increment(ref next))
            {
                answers.Add(await PostAsync(client, Callbacks.Of(i / times)));
            }

            return answers;
        }).ToList();
        gate.SetResult();
        return [.. (await Task.WhenAll(deliveries)).SelectMany(static answers => answers)];
    }

    private static HttpClient ClientOf(CallbackServer server) =>
        new(new SocketsHttpHandler { MaxConnectionsPerServer = 1, UseProxy = false }) { BaseAddress = server.Address };

    private static async Task<HttpStatusCode> PostAsync(HttpClient client, HttpRequestMessage message)
    {
        Assert.Equal(HttpMethod.Post, message.Method);
        return await SendAsync(client, message);
    }

    private static async Task<HttpStatusCode> SendAsync(HttpClient client, HttpRequestMessage message)
    {
        // A server that refuses a long body may close the connection before all of it was sent; asked first, it answers.
        message.Headers.ExpectContinue = message.Content is StreamContent or ByteArrayContent { Headers.ContentLength: > 100_000 };
        using (message)
        using (var answer = await client.SendAsync(message))
        {
            return answer.StatusCode;
        }
    }

    /// <summary>Callbacks as providers send them, and as they do not.</summary>
    private static class Callbacks
    {
        private const string Megabyte = "a megabyte";

        public static HttpRequestMessage Of(int number) => number % 2 == 0 ? Alipay(number) : WeChatPay(number);

        public static HttpRequestMessage Alipay(int number, string? trade = null, string amount = "200.00") => Form(Fields(number, trade, amount));

        public static HttpRequestMessage WeChatPay(int number, string total = "20000", string currency = "CNY") => Json(
            $$$"""{"id":"N{{{number:D9}}}","event_type":"TRANSACTION.SUCCESS","resource":{"out_trade_no":"{{{new Trade(number).MerchantNumber}}}","transaction_id":"42000{{{number:D15}}}","trade_state":"SUCCESS","amount":{"total":{{{total}}},"currency":"{{{currency}}}"} } }""");

        public static HttpRequestMessage Wrong(string what) => what switch
        {
            "no body" => Form(""),
            "no form" => new HttpRequestMessage(HttpMethod.Post, "/callbacks/alipay") { Content = new StringContent(Fields(0)) },
            "broken encoding" => Post("/callbacks/alipay", "application/x-www-form-urlencoded", [.. Encoding.UTF8.GetBytes(Fields(0)), 0xC3, 0x28]),
            "no notify_id" => Form(Fields(0).Replace("notify_id", "notify", StringComparison.Ordinal)),
            "no trade_no" => Form(Fields(0).Replace("&trade_no", "&trade", StringComparison.Ordinal)),
            "no amount" => Form(Fields(0).Replace("total_amount", "total", StringComparison.Ordinal)),
            "field twice" => Form(Fields(0) + "&out_trade_no=T000000002"),
            "unknown status" => Form(Fields(0).Replace("TRADE_SUCCESS", "TRADE_PERHAPS", StringComparison.Ordinal)),
            "amount in words" => Alipay(0, amount: "two%20hundred"),
            "amount with an exponent" => Alipay(0, amount: "2e2"),
            "amount below zero" => Alipay(0, amount: "-200.00"),
            "amount with three digits" => Alipay(0, amount: "200.000"),
            "control character" => Alipay(0, trade: "2026%00"),
            "number without end" => Alipay(0, trade: new string('9', 100_000)),
            "json cut off" => Json("""{"id":"N000000001","resource":{"out_trade_no":"T0000"""),
            "json array" => Json("""[{"id":"N000000001"}]"""),
            "json property twice" => Json("""{"id":"N000000001","id":"N000000003","resource":{}}"""),
            "json number as string" => WeChatPay(1, total: "\"20000\""),
            "json broken amount" => WeChatPay(1, total: "20000.5"),
            "json half a surrogate" => Json("""{"id":"\ud83d","resource":{}}"""),
            "json other currency" => WeChatPay(1, currency: "USD"),
            "json too deep" => Json(new string('[', 100_000)),
            Megabyte => Form(Fields(0) + "&body=" + new string('x', 1 << 20)),
            "a megabyte without length" => Endless(),
            "GET" => new HttpRequestMessage(HttpMethod.Get, "/callbacks/alipay?" + Fields(0)),
            "PUT" => new HttpRequestMessage(HttpMethod.Put, "/callbacks/alipay") { Content = Alipay(0).Content },
            "elsewhere" => new HttpRequestMessage(HttpMethod.Post, "/callbacks/unionpay") { Content = Alipay(0).Content },
            "wrong amount" => Alipay(0, amount: "200.01"),
            "unknown trade" => Alipay(4_444),
            "trade of the other provider" => Alipay(1),
            "waiting for the buyer" => Form(Fields(0).Replace("TRADE_SUCCESS", "WAIT_BUYER_PAY", StringComparison.Ordinal)),
            _ => throw new ArgumentException($"'{what}' is not described.", nameof(what)),
        };

        private static string Fields(int number, string? trade = null, string amount = "200.00") =>
            $"notify_id=N{number:D9}{trade}&out_trade_no={new Trade(number).MerchantNumber}&trade_no={trade ?? $"20260206{number:D12}"}&trade_status=TRADE_SUCCESS&total_amount={amount}";

        private static HttpRequestMessage Form(string fields) => Post("/callbacks/alipay", "application/x-www-form-urlencoded", Encoding.UTF8.GetBytes(fields));

        private static HttpRequestMessage Json(string text) => Post("/callbacks/wechat", "application/json", Encoding.UTF8.GetBytes(text));

        private static HttpRequestMessage Endless()
        {
            var message = Wrong(Megabyte);
            message.Headers.TransferEncodingChunked = true;
            return message;
        }

        private static HttpRequestMessage Post(string path, string type, byte[] body) => new(HttpMethod.Post, path)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(type) } },
        };
    }
}

public sealed class SqliteCallbackServerTests() : CallbackServerTests(new SqliteServedStore());

[Trait("Requires", "PostgreSql")]
public sealed class PostgreSqlCallbackServerTests() : CallbackServerTests(new PostgreSqlServedStore());
