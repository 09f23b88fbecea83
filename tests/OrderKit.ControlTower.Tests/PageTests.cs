using System.Net;
using System.Text.Json;
using ControlTower.Invoices;
using OrderKit.Core;

namespace OrderKit.ControlTower.Tests;

[Collection(TowerTests.Name)]
public sealed class PageTests(TowerFixture tower)
{
    private static readonly string FirstOrder = OrderId.Derive(SalesBook.Channel, "536365").Value;

    [Fact]
    public async Task The_home_page_lists_orders_and_tells_the_two_stories()
    {
        var (response, page) = await tower.GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Contains("OD20260206-8821", page, StringComparison.Ordinal);
        Assert.Contains("3h 12m", page, StringComparison.Ordinal);
        Assert.Contains("OD20260206-9105", page, StringComparison.Ordinal);
        Assert.Contains("5h 08m", page, StringComparison.Ordinal);
        Assert.Contains("doi 10.24432/C5BW33", page, StringComparison.Ordinal);
        Assert.Contains("下一页", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_lead_through_all_orders_once()
    {
        var seen = new List<string>();
        var address = "/";
        while (address is not null)
        {
            var (_, page) = await tower.GetAsync(address);
            var list = page[page.IndexOf("<table class=\"list\">", StringComparison.Ordinal)..];
            seen.AddRange(list.Split("href=\"orders/").Skip(1).Select(part => part[..part.IndexOf('"', StringComparison.Ordinal)]));
            var next = page.IndexOf("class=\"pager\"><a href=\"", StringComparison.Ordinal);
            address = next < 0 ? null : "/" + WebUtility.HtmlDecode(page[(next + 24)..page.IndexOf('"', next + 24)])[1..].TrimStart('/');
        }

        Assert.Equal(TowerFixture.Orders + 2, seen.Count);
        Assert.Equal(seen.Count, seen.Distinct().Count());
    }

    [Theory]
    [InlineData("536365")]
    [InlineData("T-UK-536365")]
    [InlineData("od20260206-8821")]
    [InlineData("SF1306020260206")]
    public async Task Any_number_of_any_system_leads_to_its_order(string number)
    {
        var (response, _) = await tower.GetAsync($"/?q={number}");

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.StartsWith("orders/", response.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await tower.GetAsync("/" + response.Headers.Location.OriginalString)).Response.StatusCode);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    [InlineData("%")]
    [InlineData("_")]
    [InlineData("' OR 1=1 --")]
    [InlineData("\\")]
    public async Task What_is_typed_is_a_number_and_nothing_else(string typed)
    {
        var (response, page) = await tower.GetAsync($"/?q={Uri.EscapeDataString(typed)}");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("没有找到", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", page, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_very_long_text_and_one_with_control_characters_find_nothing_and_break_nothing()
    {
        foreach (var typed in new[] { new string('长', 3_000), "\0\u0007\u001b[31m", "\ud800", new string('x', 8_000) })
        {
            var (response, _) = await tower.GetAsync($"/?q={string.Concat(typed.Select(c => char.IsSurrogate(c) ? "%ED%A0%80" : Uri.EscapeDataString(c.ToString())))}");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Theory]
    [InlineData("/?after=nonsense")]
    [InlineData("/cases?after=nonsense")]
    [InlineData("/waiting?after=nonsense")]
    public async Task A_position_that_is_none_is_refused_in_words(string address)
    {
        var (response, page) = await tower.GetAsync(address);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("翻页位置无效", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filters_narrow_the_list()
    {
        var (_, held) = await tower.GetAsync("/?open=yes");
        var (_, none) = await tower.GetAsync("/?headline=no-such-headline");

        Assert.Contains("OD20260206-8821", held, StringComparison.Ordinal);
        Assert.DoesNotContain(">536365<", held, StringComparison.Ordinal);
        Assert.Contains("没有符合条件的订单", none, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_is_told_from_every_side()
    {
        var (response, page) = await tower.GetAsync($"/orders/{FirstOrder}");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("可复制给客户的一句话", page, StringComparison.Ordinal);
        Assert.Contains("订单 536365：", page, StringComparison.Ordinal);
        Assert.Contains("139.12 GBP", page, StringComparison.Ordinal);
        Assert.Contains("Customer 17850, United Kingdom, 7 lines.", page, StringComparison.Ordinal);
        foreach (var node in new[] { "订单创建", "支付成功", "库存锁定", "出库单生成", "物流回传" })
        {
            Assert.Contains(node, page, StringComparison.Ordinal);
        }

        Assert.Contains("<svg xmlns", page, StringComparison.Ordinal);
        Assert.Contains("with simulated sources", page, StringComparison.Ordinal);
        Assert.Contains("只能从 only from", page, StringComparison.Ordinal);
        Assert.Contains($"{FirstOrder}.json", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_comes_as_json_as_a_picture_and_as_text_too()
    {
        var (json, body) = await tower.GetAsync($"/orders/{FirstOrder}.json");
        var (svg, picture) = await tower.GetAsync($"/orders/{FirstOrder}.svg");
        var (txt, text) = await tower.GetAsync($"/orders/{FirstOrder}.txt");

        Assert.Equal("application/json; charset=utf-8", json.Content.Headers.ContentType!.ToString());
        using var document = JsonDocument.Parse(body);
        Assert.True(document.RootElement.GetProperty("entries").GetArrayLength() > 5);
        Assert.Equal("image/svg+xml; charset=utf-8", svg.Content.Headers.ContentType!.ToString());
        Assert.StartsWith("<svg ", picture, StringComparison.Ordinal);
        Assert.Equal("text/plain; charset=utf-8", txt.Content.Headers.ContentType!.ToString());
        Assert.Contains("536365", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/orders/536365")]
    [InlineData("/orders/UK_00000000000000000000000000")]
    [InlineData("/orders/%3Cscript%3E")]
    [InlineData("/orders/UK_00000000000000000000000000.json")]
    [InlineData("/no/such/page")]
    public async Task What_is_not_there_is_said_to_be_not_there(string address)
    {
        var (response, page) = await tower.GetAsync(address);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("404", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Cases_name_desk_reason_age_and_due_time_and_can_be_narrowed_to_a_desk()
    {
        var (_, all) = await tower.GetAsync("/cases");
        var (_, finance) = await tower.GetAsync("/cases?desk=finance");

        Assert.Contains("The order is paid and was not handed over in time.", all, StringComparison.Ordinal);
        Assert.Contains("已超时 overdue", all, StringComparison.Ordinal);
        Assert.Contains("OD20260206-9105", finance, StringComparison.Ordinal);
        Assert.DoesNotContain("OD20260206-8821", finance, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credit_notes_without_a_sale_wait_and_are_shown()
    {
        var (_, page) = await tower.GetAsync("/waiting");

        Assert.Contains("C536379", page, StringComparison.Ordinal);
        Assert.Contains("27.50 GBP", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_model_is_shown_with_its_states_and_as_mermaid()
    {
        var (_, page) = await tower.GetAsync("/model");

        Assert.Contains("待付款", page, StringComparison.Ordinal);
        Assert.Contains("stateDiagram-v2", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/cases")]
    [InlineData("/tower.css")]
    [InlineData("/no/such/page")]
    public async Task Every_answer_forbids_what_the_pages_do_not_need(string address)
    {
        var (response, _) = await tower.GetAsync(address);

        Assert.Contains("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
    }

    [Fact]
    public async Task Nothing_can_be_written()
    {
        using var client = tower.NewClient();
        foreach (var method in new[] { HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete })
        {
            using var request = new HttpRequestMessage(method, new Uri($"/orders/{FirstOrder}", UriKind.Relative));
            using var response = await client.SendAsync(request);
            Assert.False(response.IsSuccessStatusCode);
        }
    }

    [Fact]
    public async Task Another_host_name_is_refused()
    {
        using var client = tower.NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/", UriKind.Relative));
        request.Headers.Host = "evil.example";
        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }
}
