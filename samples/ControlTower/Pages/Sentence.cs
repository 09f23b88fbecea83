using System.Globalization;
using OrderKit.StateMachine;

namespace ControlTower.Pages;

/// <summary>The sentence that customer service copies: where the order is, why it waits, who must act, and by when.</summary>
internal sealed record Sentence(string Chinese, string English)
{
    private static readonly Dictionary<int, (string Chinese, string English, string Who, string WhoInEnglish)> Waits = new()
    {
        [100] = ("等待买家付款", "the buyer has to pay", "买家", "the buyer"),
        [200] = ("等待锁定库存", "stock has to be locked", "仓库", "the warehouse"),
        [201] = ("等待下发出库单", "it has to be released to the warehouse", "运营", "operations"),
        [210] = ("等待补货", "stock is missing", "仓库", "the warehouse"),
        [204] = ("等待仓库拣货", "the warehouse has to pick it", "仓库", "the warehouse"),
        [203] = ("等待打包", "it has to be packed", "仓库", "the warehouse"),
        [202] = ("等待交给承运商", "it has to be handed to the carrier", "仓库", "the warehouse"),
        [302] = ("等待其余包裹出库", "the rest has to leave", "仓库", "the warehouse"),
        [303] = ("等待承运商揽收扫描", "the carrier has to scan it first", "承运商", "the carrier"),
        [305] = ("包裹在途，等待派送", "the parcel is on its way", "承运商", "the carrier"),
        [307] = ("等待买家取件", "the buyer has to fetch it", "买家", "the buyer"),
        [308] = ("承运商称已签收，等待核实", "the carrier's claim has to be verified", "客服", "customer service"),
        [306] = ("正在拦截包裹", "the parcel is being stopped", "仓库", "the warehouse"),
        [311] = ("包裹正在退回", "the parcel is coming back", "承运商", "the carrier"),
        [314] = ("包裹丢失，等待补发或退款", "it is lost and waits for a resend or a refund", "客服", "customer service"),
    };

    public static Sentence Of(OrderView view)
    {
        var (order, model) = (view.Details.Order, view.Model);
        var (chinese, english) = WhereIs(view, model);
        var head = (Chinese: $"订单 {view.Number}：{chinese}", English: $"Order {view.Number}: {english}");
        if (view.Details.OpenCases.OrderBy(c => c.DueAt).FirstOrDefault(c => c.Code == view.Details.Headline?.Code) is { } shown)
            return Stuck(shown.Code, shown.Reason, shown.Owner, shown.DueAt);
        if (view.Details.OpenCases.OrderBy(c => c.DueAt).FirstOrDefault() is { } open)
            return Stuck(open.Code, open.Reason, open.Owner, open.DueAt);
        if (view.Timeline.Holds.Count > 0)
        {
            var (hold, holdInEnglish) = Labels.Headline(model, view.Timeline.Holds[0]);
            return new Sentence(
                $"{head.Chinese}；被挂起（{hold}），由运营处理。", $"{head.English}; it is held ({holdInEnglish}), and operations acts.");
        }

        var goods = order.Snapshot.States[1];
        var waits = goods is 200 or 201 && order.Snapshot.States[0] == 100 ? 100 : goods;
        if (!Waits.TryGetValue(waits, out var wait))
            return new Sentence($"{head.Chinese}；无需处理。", $"{head.English}; nothing has to be done.");
        var facet = waits == 100 ? "pay" : "goods";
        var due = view.Timeline.Deadlines.FirstOrDefault(d => d.Facet == facet)?.DueAt;
        return new Sentence(
            $"{head.Chinese}；{wait.Chinese}，由{wait.Who}处理{By(due, "，最迟 ")}。",
            $"{head.English}; {wait.English}; {wait.WhoInEnglish} acts{By(due, " by ")}.");

        Sentence Stuck(string code, string reason, string owner, DateTimeOffset? dueAt)
        {
            var desk = Labels.Desk(owner);
            return new Sentence(
                $"{head.Chinese}；{Labels.CaseInChinese(code)}{Missing("，没有{0}的记录")}，由{desk.Chinese}处理{By(dueAt, "，最迟 ")}。",
                $"{head.English}. {reason}{MissingInEnglish()} {Capital(desk.English)} acts{By(dueAt, " by ")}.");
        }

        string Missing(string text) => view.Timeline.Gaps.Count == 0
            ? ""
            : text.Replace("{0}", string.Join('、', view.Timeline.Gaps.Select(g => g.LocalName)), StringComparison.Ordinal);

        string MissingInEnglish() => view.Timeline.Gaps.Count == 0
            ? ""
            : $" There is no record of: {string.Join(", ", view.Timeline.Gaps.Select(g => Labels.NodeInEnglish(g.Name)))}.";

        string By(DateTimeOffset? at, string before) => at is { } instant
            ? string.Create(CultureInfo.InvariantCulture, $"{before}{Labels.Minute(instant, view.Offset)} ({Labels.Offset(view.Offset)})")
            : "";
    }

    // The state of the goods once they have one, the state of the money before.
    private static (string Chinese, string English) WhereIs(OrderView view, OrderModel model)
    {
        var states = view.Details.Order.Snapshot.States;
        var pay = model.StateOf(states[0]);
        var goods = model.StateOf(states[1]);
        return goods is null || pay is null ? (view.Timeline.Headline.LocalName, view.Timeline.Headline.Code)
            : goods.Code == 200 ? (pay.LocalName, Labels.Words(pay.Name))
            : ($"{pay.LocalName}，{goods.LocalName}", $"{Labels.Words(pay.Name)}, {Labels.Words(goods.Name)}");
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
