using OrderKit.Core;

namespace OrderKit.StateMachine.Tests;

/// <summary>Brings retail orders into a pair of states by facts alone.</summary>
internal static class RetailOrders
{
    private static readonly Dictionary<string, string[]> Goods = new()
    {
        ["200"] = [],
        ["201"] = ["stock-locked"],
        ["210"] = ["stock-short"],
        ["204"] = ["stock-locked", "release"],
        ["203"] = ["stock-locked", "release", "waybill-assigned"],
        ["202"] = ["stock-locked", "release", "waybill-assigned", "packed"],
        ["302"] = ["stock-locked", "release", "waybill-assigned", "packed", "outbound #1"],
        ["303"] = ["stock-locked", "release", "waybill-assigned", "packed", "outbound"],
        ["305"] = ["stock-locked", "release", "waybill-assigned", "packed", "outbound", "in-transit"],
        ["307"] = ["stock-locked", "release", "waybill-assigned", "packed", "outbound", "in-transit", "at-pickup-point"],
        ["308"] = ["stock-locked", "release", "waybill-assigned", "packed", "outbound", "in-transit", "delivery-claimed"],
        ["309"] = ["stock-locked", "release", "waybill-assigned", "packed", "outbound", "in-transit", "delivery-claimed", "delivery-verified"],
        ["306"] = ["stock-locked", "release", "waybill-assigned", "packed", "cancel"],
        ["311"] = ["stock-locked", "release", "waybill-assigned", "packed", "outbound", "in-transit", "refused"],
        ["313"] = ["stock-locked", "release", "waybill-assigned", "packed", "outbound", "in-transit", "refused", "goods-back"],
        ["314"] = ["stock-locked", "release", "waybill-assigned", "packed", "outbound", "in-transit", "lost"],
        ["290"] = ["cancel"],
        ["291"] = ["split-or-merge"],
        ["320"] = ["collected"],
        ["330"] = ["code-issued"],
        ["331"] = ["code-issued", "redeemed"],
        ["390"] = ["stock-locked", "release", "waybill-assigned", "packed", "outbound", "in-transit", "delivery-claimed", "finished"],
    };

    private static readonly Dictionary<string, (string Profile, string Trigger, long? Amount, string? Then, long? ThenAmount)> Pay = new()
    {
        ["100"] = ("PARCEL", "", null, null, null),
        ["102"] = ("PRESALE", "captured", 300, null, null),
        ["103"] = ("PARCEL", "captured", 400, null, null),
        ["104"] = ("PARCEL", "authorised", null, null, null),
        ["105"] = ("COD", "", null, null, null),
        ["106"] = ("TERMS", "", null, null, null),
        ["107"] = ("RESEND", "", null, null, null),
        ["101"] = ("PARCEL", "captured", 1000, null, null),
        ["109"] = ("PARCEL", "captured", 1200, null, null),
        ["120"] = ("PARCEL", "captured", 1000, "refund-paid", 300),
        ["121"] = ("PARCEL", "captured", 1000, "refund-paid", 1000),
        ["130"] = ("PARCEL", "captured", 1000, "dispute-opened", null),
        ["140"] = ("PARCEL", "payment-closed", null, null, null),
    };

    /// <summary>An order of 1000 for two pieces in the states <c>pay/goods</c>, with a profile before them where it matters.</summary>
    public static Walk In(string states)
    {
        var profile = states.Contains(' ', StringComparison.Ordinal) ? states.Split(' ')[0] : null;
        var (pay, goods) = (states.Split(' ')[^1].Split('/')[0], states.Split('/')[1]);
        var money = Pay[pay];
        var order = new Walk(OrderModels.Retail, profile ?? money.Profile, due: pay == "107" ? 0 : 1000, ordered: 2);

        // A full refund or a close takes unreleased goods with it, so those orders get their goods through the money.
        var byMoney = pay is "121" or "140" && goods is "290" or "306";
        Tell(order, byMoney ? (goods == "306" ? Goods["202"] : []) : Goods[goods]);
        if (money.Trigger.Length > 0)
        {
            order.Tell(money.Trigger, amount: money.Amount);
        }

        if (money.Then is { } then)
        {
            order.Tell(then, amount: money.ThenAmount);
        }

        Assert.Equal(states.Split(' ')[^1], order.At);
        return order;
    }

    private static void Tell(Walk order, string[] triggers)
    {
        foreach (var trigger in triggers)
        {
            // The warehouse tells that it works on the order: a fact, whatever we would have allowed.
            var part = trigger.Split(" #");
            order.Tell(part[0], FactStanding.Fact, quantity: part.Length > 1 ? 1 : null);
        }
    }
}
