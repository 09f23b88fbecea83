using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>Checks facts at the public edge: what is refused here is a defect of the caller, not of the outside world.</summary>
internal static class OrderFactChecks
{
    private const int MaxName = 64;
    private const int MaxNumber = 200;
    private const int MaxText = 16_384;
    private const int MaxPayload = 4 * 1024 * 1024;

    // Sums of any number of facts stay far from the end of 64 bits.
    private const long MaxFigure = 1_000_000_000_000_000;

    public static void Check(OrderFact fact, int? index = null)
    {
        ArgumentNullException.ThrowIfNull(fact);
        if (fact.Order is null == fact.Reference is null)
        {
            throw Refuse(fact, index, "must name its order by exactly one of Order and Reference");
        }

        if (fact.Order is { Order.IsEmpty: true })
        {
            throw Refuse(fact, index, "names an empty order id");
        }

        Text(fact.Trigger, MaxName, nameof(fact.Trigger), required: true);
        Text(fact.Source, MaxName, nameof(fact.Source), required: true);
        Text(fact.Id, MaxNumber, nameof(fact.Id));
        Text(fact.Evidence, MaxNumber, nameof(fact.Evidence));
        Text(fact.Revokes, MaxNumber, nameof(fact.Revokes));
        Text(fact.RawStatus, MaxNumber, nameof(fact.RawStatus));
        Text(fact.Operator, MaxNumber, nameof(fact.Operator));
        Text(fact.TraceId, MaxNumber, nameof(fact.TraceId));
        Text(fact.ResponseCode, MaxNumber, nameof(fact.ResponseCode));
        Text(fact.Model, MaxName, nameof(fact.Model));
        Text(fact.Profile, MaxName, nameof(fact.Profile));
        if (fact.Note is { } note && (note.Length > MaxText || note.Contains('\0', StringComparison.Ordinal)))
        {
            throw Refuse(fact, index, $"has a Note with a NUL or of more than {MaxText} characters");
        }

        if (fact.Payload.Length > MaxPayload)
        {
            throw Refuse(fact, index, $"has a Payload of {fact.Payload.Length} bytes; {MaxPayload} is the limit");
        }

        if (fact.Amount is { MinorUnits: < 0 or > MaxFigure })
        {
            throw Refuse(fact, index, $"has the Amount {fact.Amount}; amounts are not negative and at most {MaxFigure} minor units. Money that goes back has a trigger of its own");
        }

        if (fact.Quantity is < 0 or > MaxFigure)
        {
            throw Refuse(fact, index, $"has the Quantity {fact.Quantity}; quantities are not negative. Goods that come back have a trigger of their own");
        }

        var tenant = fact.Tenant;
        for (var i = 0; i < fact.Links.Count; i++)
        {
            if (fact.Links[i].Tenant != tenant)
            {
                throw Refuse(fact, index, $"links the number '{fact.Links[i].Value}' of another tenant");
            }
        }

        void Text(string? text, int limit, string name, bool required = false)
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                if (required || text is { Length: > 0 })
                {
                    throw Refuse(fact, index, $"has an empty {name}");
                }

                return;
            }

            if (text.Length > limit || text.AsSpan().IndexOfAnyInRange('\0', '\u001f') >= 0)
            {
                throw Refuse(fact, index, $"has a {name} with a control character or of more than {limit} characters");
            }
        }
    }

    private static ArgumentException Refuse(OrderFact fact, int? index, string what) =>
        new($"The fact '{fact.Trigger}' from '{fact.Source}'{(index is { } i ? $" (number {i})" : string.Empty)} {what}.", nameof(fact));
}
