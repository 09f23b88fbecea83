using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <content>What operators do to an order: closing a case, moving it to another model.</content>
internal sealed partial class FactRun
{
    /// <summary>Decides what an operator's act does to an order.</summary>
    public delegate bool Administer(OrderDraft draft, out Decision decision);

    public async ValueTask<FireResult> AdministerAsync(OrderFact fact, Administer administer)
    {
        var key = fact.Order!.Value;
        for (var attempt = 1; ; attempt++)
        {
            var finding = (
                await store.LoadAsync(
                    unit, [new OrderLookup(key, fact.Source, string.Empty, null)], _cancellation).ConfigureAwait(false))[0];
            if (finding.Order is not { } stored)
            {
                return new FireResult.Unresolved(ParkReason.UnknownOrder, NumberOf(key), "The order does not exist.");
            }

            var draft = NewDraft(key, stored);
            if (draft.Model is null)
            {
                return new FireResult.Unresolved(ParkReason.UnknownModel, NumberOf(key), UnknownModel(stored.Snapshot.Model));
            }

            if (!administer(draft, out var decision))
            {
                return new FireResult.AlreadyApplied(key, draft.Snapshot, commit);
            }

            if (!draft.Model.Knows(draft.Snapshot with { Model = draft.Model.Fingerprint }))
            {
                return new FireResult.Unresolved(ParkReason.UnknownState, NumberOf(key), UnknownState(draft.Model));
            }

            draft.Add(fact, CommandIdentity(fact, draft.Snapshot.Version), in decision);
            BeginWriting();
            var saved = await store.SaveAsync(unit, [draft.Change!], _cancellation).ConfigureAwait(false);
            if (saved[0] != 0)
            {
                return new FireResult.Applied(key, draft.Snapshot, [], commit);
            }

            if (attempt >= _maxAttempts)
            {
                return new FireResult.Conflict(key, attempt);
            }
        }
    }

    public static bool TryClose(OrderDraft draft, string caseCode, out Decision decision)
    {
        var kind = draft.Model!.CaseNamed(caseCode)
            ?? throw new InvalidOperationException(
                $"The model '{draft.Model.Name}' has no case '{caseCode}'. "
                + $"It has {string.Join(", ", draft.Model.Cases.Select(c => c.Code))}.");
        var snapshot = draft.Snapshot;
        decision = Administered(in snapshot, DecisionReason.CaseClosed) with { Cases = snapshot.Cases & ~kind.Bit };
        return decision.Cases != snapshot.Cases;
    }

    public static bool TryMove(OrderDraft draft, OrderModel model, out Decision decision)
    {
        var from = draft.Model!;
        var snapshot = draft.Snapshot;
        decision = Administered(in snapshot, DecisionReason.ModelMoved);
        if (from.Fingerprint == model.Fingerprint)
        {
            return false;
        }

        if (model.Superseded != from.Fingerprint)
        {
            throw new InvalidOperationException(
                $"The model '{model.Name}' {model.Version} ({model.Fingerprint}) does not supersede '{from.Name}' {from.Version} "
                + $"({from.Fingerprint}). Declare Supersedes(...) when it only adds.");
        }

        var profile = from.ProfileAt(snapshot.Profile).Code;
        var moved = snapshot with
        {
            Model = model.Fingerprint,
            Profile = model.ProfileNamed(profile)?.Index ?? throw Lacks("profile", profile),
        };
        if (!model.Knows(in moved))
        {
            throw new InvalidOperationException(
                $"The model '{model.Name}' {model.Version} lacks a state that the order is in. A superseding model keeps every state.");
        }

        // Bits of holds, cases, anchors and the profile are numbers of the old model: they are carried over by their codes.
        decision = decision with
        {
            Holds = Carried(
                from.HoldCodes(snapshot.Holds), "hold", static code => code, code => model.TryHoldBits([code], out var bit) ? bit : 0),
            Cases = Carried(from.CasesIn(snapshot.Cases), "case", static c => c.Code, c => model.CaseNamed(c.Code)?.Bit ?? 0),
            Anchors = Carried(
                from.States.Where(s => (from.AnchorBit(s.Code) & snapshot.Anchors) != 0), "anchor", static s => s.Name,
                s => model.AnchorBit(s.Code)),
        };
        draft.Model = model;
        draft.Snapshot.Profile = moved.Profile;
        return true;

        uint Carried<T>(IEnumerable<T> items, string what, Func<T, string> codeOf, Func<T, uint> bitOf) =>
            items.Aggregate(0u, (bits, item) => bitOf(item) is var bit and not 0 ? bits | bit : throw Lacks(what, codeOf(item)));

        InvalidOperationException Lacks(string what, string code) =>
            new(
                $"The model '{model.Name}' {model.Version} lacks the {what} '{code}' that the order has. "
                + $"A superseding model keeps every {what}.");
    }

    private static Decision Administered(in OrderSnapshot snapshot, DecisionReason reason) => new()
    {
        Kind = DecisionKind.Applied,
        Reason = reason,
        Trigger = -1,
        States = snapshot.States,
        Holds = snapshot.Holds,
        Cases = snapshot.Cases,
        Anchors = snapshot.Anchors,
        First = CounterChange.None,
        Second = CounterChange.None,
    };
}
