using System.Globalization;
using OrderKit.Core;
using OrderKit.StateMachine;

namespace ControlTower.Pages;

/// <summary>The words of the pages, in Chinese and English.</summary>
public static class Labels
{
    private static readonly Dictionary<string, string> Cases = new()
    {
        ["paid-after-close"] = "关闭后收款",
        ["overpaid"] = "多收款",
        ["duplicate-charge"] = "重复扣款",
        ["refund-exceeds-capture"] = "退款多于收款",
        ["closed-after-paid"] = "收款后报关闭",
        ["dispute-without-payment"] = "无收款的争议",
        ["shipped-not-cleared"] = "未付款已发货",
        ["shipped-after-cancel"] = "取消后仍发货",
        ["delivered-not-shipped"] = "未出库却称签收",
        ["delivery-refuted"] = "签收不实",
        ["finished-not-shipped"] = "未发货却完成",
        ["lost-not-shipped"] = "未出库却报丢失",
        ["lost-unresolved"] = "丢件待处理",
        ["unpaid-overdue"] = "超时未关单",
        ["balance-overdue"] = "尾款逾期",
        ["authorisation-expiring"] = "授权将过期",
        ["dispute-reply-due"] = "争议待答复",
        ["surplus-overdue"] = "多收款逾期未退",
        ["ship-by-passed"] = "已付款逾期未出库",
        ["no-first-scan"] = "已发货无揽收",
        ["transit-stalled"] = "物流停滞",
        ["verdict-overdue"] = "签收待核实",
        ["intercept-overdue"] = "拦截无回应",
        ["return-overdue"] = "退件未到",
        [BuiltInCases.ForeignCurrency] = "币种不符",
        [BuiltInCases.ReportContradicts] = "状态上报矛盾",
        [BuiltInCases.NothingToRevoke] = "撤销无对象",
        [BuiltInCases.UnexpectedFact] = "意外事实",
        [BuiltInCases.IdReused] = "编号被重复使用",
        [BuiltInCases.DeadlineWithoutProbe] = "时限无法核实",
    };

    private static readonly Dictionary<string, (string Chinese, string English)> Desks = new()
    {
        ["finance"] = ("财务", "finance"),
        ["warehouse"] = ("仓库", "the warehouse"),
        ["customer-service"] = ("客服", "customer service"),
        ["operations"] = ("运营", "operations"),
    };

    private static readonly Dictionary<string, string> Triggers = new()
    {
        ["placed"] = "下单",
        ["captured"] = "收款",
        ["refund-paid"] = "退款到账",
        ["payment-closed"] = "支付关闭",
        ["stock-locked"] = "锁库",
        ["release"] = "放行出库",
        ["waybill-assigned"] = "取面单",
        ["packed"] = "打包",
        ["outbound"] = "出库",
        ["intercepted"] = "已拦截",
        ["in-transit"] = "运输扫描",
        ["delivery-claimed"] = "承运商称签收",
        ["delivery-verified"] = "签收核实",
        ["finished"] = "交易完成",
        ["goods-back"] = "退货入库",
        ["status-reported"] = "状态上报",
        ["cancel"] = "取消",
        ["split-or-merge"] = "拆单/合单",
        ["loss-settled"] = "丢件结案",
        ["ship-by-expired"] = "发货时限到",
        ["first-scan-missing"] = "揽收时限到",
        ["transit-expired"] = "运输时限到",
        ["verdict-missing"] = "核实时限到",
        ["intercept-unanswered"] = "拦截时限到",
        ["return-missing"] = "退件时限到",
        ["unpaid-expired"] = "付款时限到",
        ["surplus-expired"] = "退多收款时限到",
    };

    private static readonly Dictionary<string, string> Numbers = new()
    {
        ["external"] = "渠道单号 Channel's number",
        ["trade"] = "商户交易号 Trade",
        ["payment"] = "支付单号 Payment",
        ["waybill"] = "运单号 Waybill",
        ["outbound"] = "出库单号 Outbound",
        ["after-sale"] = "售后/贷项单号 Credit note",
        ["erp"] = "ERP 单号 ERP",
        ["short-code"] = "短码 Short code",
        ["order"] = "关联订单 Order",
    };

    private static readonly Dictionary<string, string> Nodes = new()
    {
        ["created"] = "created", ["paid"] = "paid", ["stock-locked"] = "stock locked", ["outbound-order"] = "outbound order",
        ["carrier"] = "carrier",
    };

    private static readonly Dictionary<string, string> Guards = new()
    {
        ["cleared"] = "款项未付清 not paid",
        ["not-cod"] = "货到付款订单不可 not for cash on delivery",
        ["held"] = "订单被挂起 held",
        ["already-applied"] = "已经执行 done already",
    };

    /// <summary>Returns the Chinese name of a kind of case; its code if there is none.</summary>
    public static string CaseInChinese(string code) => Cases.GetValueOrDefault(code, code);

    public static (string Chinese, string English) Desk(string owner) => Desks.GetValueOrDefault(owner, (owner, owner));

    public static string TriggerInChinese(string trigger) => Triggers.GetValueOrDefault(trigger, trigger);

    public static string Number(ReferenceKind kind) => Numbers.GetValueOrDefault(kind.Code, kind.Code);

    public static string NodeInEnglish(string node) => Nodes.GetValueOrDefault(node, node);

    public static string Guard(string code) => Guards.GetValueOrDefault(code, code);

    /// <summary>Returns the display name of a headline: a state, a hold or a kind of case.</summary>
    public static (string Chinese, string English) Headline(OrderModel model, string code)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && model.StateOf(number) is { } state)
            return (state.LocalName, Words(state.Name));
        if (model.CaseNamed(code) is { } kind)
            return (CaseInChinese(kind.Code), kind.Code);
        return (model.Holds.FirstOrDefault(h => h.Code == code)?.LocalName ?? code, code);
    }

    /// <summary>Returns whether a headline is a kind of case.</summary>
    public static bool IsCase(OrderModel model, string code)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.CaseNamed(code) is not null;
    }

    /// <summary>Returns the colour of a headline: red for cases, amber for holds and waiting, green if nothing more is expected.</summary>
    public static string Tone(OrderModel model, string code)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && model.StateOf(number) is { } state)
            return state.Code is 290 or 140 or 121 or 291
                ? "grey"
                : state is { IsEnd: true } or { Code: 309 }
                ? "green"
                : state.Rank is null
                ? "amber"
                : "blue";
        return IsCase(model, code) ? "red" : "amber";
    }

    /// <summary>Splits a name at its capital letters: AwaitingReview becomes "awaiting review".</summary>
    public static string Words(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return string.Concat(
            name.Select((c, i) => char.IsUpper(c) && i > 0 ? " " + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));
    }

    public static string Time(DateTimeOffset at, TimeSpan offset) =>
        at.ToOffset(offset).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Minute(DateTimeOffset at, TimeSpan offset) =>
        at.ToOffset(offset).ToString("MM-dd HH:mm", CultureInfo.InvariantCulture);

    public static string Offset(TimeSpan offset) =>
        offset == TimeSpan.Zero
            ? "UTC"
            : "UTC" + (offset < TimeSpan.Zero ? "-" : "+") + offset.ToString("hh\\:mm", CultureInfo.InvariantCulture);

    /// <summary>Formats a duration with its two largest units: 3d 4h, 3h 12m, 45m.</summary>
    public static string Span(TimeSpan span)
    {
        span = span.Duration();
        return span.TotalDays >= 1 ? Text($"{(int)span.TotalDays}d {span.Hours}h")
            : span.TotalHours >= 1 ? Text($"{span.Hours}h {span.Minutes:00}m")
            : Text($"{span.Minutes}m");

        static string Text(FormattableString text) => FormattableString.Invariant(text);
    }

    public static string Money(long minorUnits, Currency currency) => new Money(minorUnits, currency).ToString();
}
