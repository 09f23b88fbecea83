using ControlTower.Replays;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace ControlTower.Pages;

/// <summary>Reads the data of the pages. Nothing here writes.</summary>
public sealed class TowerPages(OrderQueries queries, IOrderQueryStore store, ICaseStore cases, OrderModelRegistry models)
{
    private const int PageSize = 40;
    private const int LongestSearch = OrderReference.MaxLength;

    /// <summary>Returns the list of orders. A search that finds one order redirects to it.</summary>
    public async Task<IResult> ListAsync(string? q, string? headline, string? open, string? after, CancellationToken cancellationToken)
    {
        var text = Clean(q);
        var query = new OrderQuery
        {
            Text = text.Length == 0 ? null : text,
            Headlines = string.IsNullOrEmpty(headline) ? [] : [headline],
            HasOpenCase = open switch { "yes" => true, "no" => false, _ => null },
            PageSize = PageSize,
            Continuation = string.IsNullOrEmpty(after) ? null : after,
        };
        Page<StoredOrder> page;
        try
        {
            page = await queries.SearchAsync(query, cancellationToken);
            if (page.Items.Count == 0 && query is { Text: { } typed, Continuation: null } && typed.ToUpperInvariant() is var upper
                && upper != typed)
            {
                // Numbers are compared exactly, but people type them in lower case.
                page = await queries.SearchAsync(query with { Text = upper }, cancellationToken);
            }
        }
        catch (ArgumentException)
        {
            return Error(
                StatusCodes.Status400BadRequest, "这个翻页位置无效", "This page position is not valid", "请从第一页开始 Start from the first page.");
        }

        if (text.Length > 0 && page is { Items: [var only], Continuation: null }
            && query is { Continuation: null, Headlines.Count: 0, HasOpenCase: null })
            return Results.Redirect($"orders/{only.Key.Order.Value}");

        var rows = new List<ListRow>(page.Items.Count);
        foreach (var order in page.Items)
            rows.Add(new ListRow(order, await store.ReferencesOfAsync(order.Key, cancellationToken), models.Find(order.Snapshot.Model)));
        var counts = await store.CountByHeadlineAsync(TenantId.Default, cancellationToken);
        var openCases = await cases.CountOpenAsync(TenantId.Default, cancellationToken);
        return Show(
            ListPage.Render(
                new ListView(
                    text, headline ?? "", open ?? "", rows, counts, openCases.Values.Sum(), page.Continuation, OrderModels.Retail)));
    }

    /// <summary>Returns the open cases, oldest due first.</summary>
    public async Task<IResult> CasesAsync(string? desk, string? code, string? after, CancellationToken cancellationToken)
    {
        Page<OrderCase> page;
        try
        {
            page = await queries.CasesAsync(
                new CaseQuery
                {
                    Owner = string.IsNullOrEmpty(desk) ? null : desk,
                    Code = string.IsNullOrEmpty(code) ? null : code,
                    PageSize = PageSize,
                    Continuation = string.IsNullOrEmpty(after) ? null : after,
                },
                cancellationToken);
        }
        catch (ArgumentException)
        {
            return Error(
                StatusCodes.Status400BadRequest, "这个翻页位置无效", "This page position is not valid", "请从第一页开始 Start from the first page.");
        }

        var rows = new List<CaseRow>(page.Items.Count);
        foreach (var item in page.Items)
            rows.Add(new CaseRow(item, NumberOf(item.Order, await store.ReferencesOfAsync(item.Order, cancellationToken))));
        var counts = await cases.CountOpenAsync(TenantId.Default, cancellationToken);
        return Show(CasesPage.Render(desk ?? "", code ?? "", rows, counts, page.Continuation, OrderModels.Retail));
    }

    /// <summary>Returns the parked facts, whose order is unknown.</summary>
    public async Task<IResult> WaitingAsync(string? after, CancellationToken cancellationToken)
    {
        try
        {
            var page = await store.ParkedAsync(TenantId.Default, PageSize, string.IsNullOrEmpty(after) ? null : after, cancellationToken);
            return Show(WaitingPage.Render(page));
        }
        catch (ArgumentException)
        {
            return Error(
                StatusCodes.Status400BadRequest, "这个翻页位置无效", "This page position is not valid", "请从第一页开始 Start from the first page.");
        }
    }

    /// <summary>Returns one order as a page, or by file extension as JSON, picture or text.</summary>
    public async Task<IResult> OrderAsync(string id, CancellationToken cancellationToken)
    {
        var ending = Path.GetExtension(id);
        var name = ending is ".json" or ".svg" or ".txt" ? id[..^ending.Length] : id;
        if (!OrderId.TryParse(name, out var order)
            || await queries.GetAsync(OrderKey.For(order), cancellationToken) is not { Model: { } model } details)
            return NotFound($"没有订单 {Shorten(name)}", $"There is no order {Shorten(name)}");

        var key = details.Order.Key;
        var timeline = await TimelineAsync(key, details, cancellationToken);
        switch (ending)
        {
            case ".json":
                return Results.Text(timeline.ToJson(indented: true), "application/json; charset=utf-8");
            case ".svg":
                return Results.Text(timeline.ToSvg(), "image/svg+xml; charset=utf-8");
            case ".txt":
                return Results.Text(timeline.ToText(), "text/plain; charset=utf-8");
        }

        return Show(OrderPage.Render(new OrderView(
            details,
            model,
            timeline,
            NumberOf(key, details.References),
            await queries.PermissionsAsync(key, cancellationToken),
            await store.ReadDetailsAsync(key, cancellationToken),
            Eras.NowOf(key),
            Eras.OffsetOf(key))));
    }

    public static IResult NotFound(string chinese, string english) =>
        Error(StatusCodes.Status404NotFound, chinese, english, "可以用任何系统里的单号搜索 Search with any system's number.");

    private async Task<Timeline> TimelineAsync(OrderKey key, OrderDetails details, CancellationToken cancellationToken)
    {
        var timeline = await queries.TimelineAsync(
            key,
            new TimelineOptions { AsOf = Eras.NowOf(key), UtcOffset = Eras.OffsetOf(key), Words = TimelineWords.Chinese },
            cancellationToken);

        // The model names its cases in English. The picture needs the Chinese names.
        var headline = timeline!.Headline;
        return Gaps.Mark(
            headline.Rule == HeadlineRule.Cases
                ? timeline with { Headline = headline with { LocalName = Labels.CaseInChinese(headline.Code) } }
                : timeline,
            details.OpenCases);
    }

    private static IResult Error(int status, string chinese, string english, string hint) =>
        Results.Content(ErrorPage.Render(status, chinese, english, hint).ToString(), "text/html; charset=utf-8", statusCode: status);

    private static IResult Show(Html page) => Results.Content(page.ToString(), "text/html; charset=utf-8");

    /// <summary>Returns the number that people use for an order: that of the channel, or else its id.</summary>
    private static string NumberOf(OrderKey key, IReadOnlyList<OrderReference> references)
    {
        foreach (var reference in references)
        {
            if (reference.Kind == ReferenceKind.External)
                return reference.Value;
        }

        return key.Order.Value;
    }

    // The input may be anything. A number has no control characters and is not longer than a reference.
    private static string Clean(string? text)
    {
        var clean = string.Concat((text ?? "").Where(c => !char.IsControl(c))).Trim();
        return clean.Length <= LongestSearch ? clean : clean[..LongestSearch];
    }

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
