using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <content>Checks of facts on entry. What is refused here is a defect of the caller, not of the outside world.</content>
public sealed partial class OrderLifecycle
{
    private const int MaxName = 64;
    private const int MaxNumber = 200;
    private const int MaxText = 16_384;
    private const int MaxPayload = 4 * 1024 * 1024;
    private const int MaxItems = 100;

    // Sums of any number of facts stay far from the end of 64 bits.
    private const long MaxFigure = 1_000_000_000_000_000;

    // Done on entry, because a parked fact is applied later in another caller's transaction.
    private void CheckFact(OrderFact fact, int? index)
    {
        CheckForm(fact, index);
        if (_models.TryGetKey(fact.Trigger, out var demand) && !demand.Key.IsIn(fact))
        {
            var asked = demand.Key.Number is { } number ? $"its {number.Code} number as Evidence, or for an Id" : "an Id";
            throw Refuse(
                fact, index,
                "has no key, and without one it would count again if it is repeated with any change. "
                + $"The model '{demand.Model}' asks for {asked} of its own");
        }
    }

    private static void CheckForm(OrderFact fact, int? index = null)
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

        if (fact.Reference is { } reference && reference.Kind == default)
        {
            throw Refuse(fact, index, "names an empty number");
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
        if (fact.Note is { } note && (note.Length > MaxText || note.Contains('\0', StringComparison.Ordinal) || HasHalfAPair(note)))
        {
            throw Refuse(fact, index, $"has a Note with a NUL, with half a surrogate pair or of more than {MaxText} characters");
        }

        if (fact.Payload.Length > MaxPayload)
        {
            throw Refuse(fact, index, $"has a Payload of {fact.Payload.Length} bytes; {MaxPayload} is the limit");
        }

        if (fact.Amount is { MinorUnits: < 0 or > MaxFigure })
        {
            throw Refuse(
                fact, index,
                $"has the Amount {fact.Amount}; amounts are not negative and at most {MaxFigure} minor units. "
                + "Money that goes back has a trigger of its own");
        }

        if (fact.Amount is { } amount && amount.Currency == default)
        {
            throw Refuse(fact, index, "has an Amount without a currency");
        }

        if (fact.Quantity is < 0 or > MaxFigure)
        {
            throw Refuse(
                fact, index,
                $"has the Quantity {fact.Quantity}; quantities are not negative. Goods that come back have a trigger of their own");
        }

        var (holds, links, attachments) = (fact.Holds, fact.Links, fact.Attachments);
        if (holds is not { Count: <= MaxItems } || links is not { Count: <= MaxItems } || attachments is not { Count: <= MaxItems })
        {
            throw Refuse(fact, index, $"has Holds, Links or Attachments that are null or more than {MaxItems}");
        }

        for (var i = 0; i < holds.Count; i++)
        {
            Text(holds[i], MaxName, nameof(fact.Holds), required: true);
        }

        for (var i = 0; i < attachments.Count; i++)
        {
            Text(attachments[i]?.Name, MaxNumber, nameof(fact.Attachments), required: true);
            Text(attachments[i].MediaType, MaxNumber, nameof(fact.Attachments), required: true);
        }

        var tenant = fact.Tenant;
        for (var i = 0; i < links.Count; i++)
        {
            if (links[i].Kind == default)
            {
                throw Refuse(fact, index, "links an empty number");
            }

            if (links[i].Tenant != tenant)
            {
                throw Refuse(fact, index, $"links the number '{links[i].Value}' of another tenant");
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

            if (text.Length > limit || text.AsSpan().IndexOfAnyInRange('\0', '\u001f') >= 0 || HasHalfAPair(text))
            {
                throw Refuse(
                    fact, index, $"has a {name} with a control character, with half a surrogate pair or of more than {limit} characters");
            }
        }
    }

    // Such a text has no UTF-8 form: one database refuses it, another keeps a different text, and two facts become one.
    internal static bool HasHalfAPair(string text)
    {
        var at = text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff');
        for (; at >= 0 && at < text.Length; at++)
        {
            if (char.IsSurrogate(text[at]) && !(at + 1 < text.Length && char.IsSurrogatePair(text[at], text[++at])))
            {
                return true;
            }
        }

        return false;
    }

    private static ArgumentException Refuse(OrderFact fact, int? index, string what) =>
        new($"The fact '{fact.Trigger}' from '{fact.Source}'{(index is { } i ? $" (number {i})" : string.Empty)} {what}.", nameof(fact));
}
