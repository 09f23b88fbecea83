using System.Globalization;
using System.Runtime.InteropServices;
using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>Takes some facts through one unit of work: resolve ▸ load ▸ decide ▸ save ▸ apply what waited for it.</summary>
internal sealed class FactRun(
    IOrderStore store, UnitOfWork unit, OrderModelRegistry models, OrderLifecycleOptions options, DateTimeOffset now)
{
    public const string OwnSource = "orderkit";
    public const string CaseClosed = "case-closed";
    public const string ModelMoved = "model-moved";
    public const string DeadlineUnprobed = "deadline-unprobed";

    // A parked fact can make a number known that further facts wait for; a chain longer than this is a loop of defects.
    private const int MaxRounds = 16;

    private readonly CommitState _commit = unit.IsEnlisted ? CommitState.PendingCommit : CommitState.Committed;

    /// <summary>Decides what an operator's act does to an order.</summary>
    public delegate bool Administer(OrderDraft draft, out Decision decision);

    public async ValueTask<FireResult[]> ExecuteAsync(
        IReadOnlyList<OrderFact> facts, int maxAttempts, DueDeadline? deadline, CancellationToken cancellationToken)
    {
        var results = new FireResult[facts.Count];
        List<OrderReference> known;
        if (facts is [{ Order: { } key } only])
        {
            var one = await TryOneAsync(only, key, maxAttempts, deadline, cancellationToken).ConfigureAwait(false);
            if (one.Result is { } result)
            {
                results[0] = result;
                if (one.Known is not { Count: > 0 } found)
                {
                    return results;
                }

                await ApplyWaitingAsync(found, maxAttempts, cancellationToken).ConfigureAwait(false);
                return results;
            }
        }

        var waiting = await ResolveAsync(facts, results, cancellationToken).ConfigureAwait(false);
        known = [];
        for (var attempt = 1; waiting.Count > 0; attempt++)
        {
            waiting = await DecideAndSaveAsync(waiting, results, attempt, maxAttempts, deadline, known, cancellationToken).ConfigureAwait(false);
            if (waiting.Count > 0)
            {
                LifecycleTelemetry.ReportConflict();
            }
        }

        await ApplyWaitingAsync(known, maxAttempts, cancellationToken).ConfigureAwait(false);
        return results;
    }

    public async ValueTask<FireResult> AdministerAsync(OrderFact fact, Administer administer, int maxAttempts, CancellationToken cancellationToken)
    {
        var key = fact.Order!.Value;
        for (var attempt = 1; ; attempt++)
        {
            var finding = (await store.LoadAsync(unit, [new OrderLookup(key, fact.Source, string.Empty, null)], cancellationToken).ConfigureAwait(false))[0];
            if (finding.Order is not { } stored)
            {
                return new FireResult.Unresolved(ParkReason.UnknownOrder, NumberOf(key), "The order does not exist.");
            }

            var draft = new OrderDraft(key, stored) { Snapshot = stored.Snapshot, Model = models.Find(stored.Snapshot.Model) };
            if (draft.Model is null)
            {
                return new FireResult.Unresolved(ParkReason.UnknownModel, NumberOf(key), UnknownModel(stored.Snapshot.Model));
            }

            if (!administer(draft, out var decision))
            {
                return new FireResult.AlreadyApplied(key, draft.Snapshot, _commit);
            }

            draft.Add(fact, CommandIdentity(fact, draft.Snapshot.Version), in decision, now, options.EventDestination);
            var saved = await store.SaveAsync(unit, [draft.ToChange(now)], cancellationToken).ConfigureAwait(false);
            if (saved[0] != 0)
            {
                return new FireResult.Applied(key, draft.Snapshot, [], _commit);
            }

            if (attempt >= maxAttempts)
            {
                return new FireResult.Conflict(key, attempt);
            }
        }
    }

    public static bool TryClose(OrderDraft draft, string caseCode, out Decision decision)
    {
        var kind = draft.Model!.CaseNamed(caseCode)
            ?? throw new InvalidOperationException($"The model '{draft.Model.Name}' has no case '{caseCode}'. It has {string.Join(", ", draft.Model.Cases.Select(c => c.Code))}.");
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
            throw new InvalidOperationException($"The model '{model.Name}' {model.Version} ({model.Fingerprint}) does not supersede '{from.Name}' {from.Version} ({from.Fingerprint}). Declare Supersedes(...) when it only adds.");
        }

        // Bits of holds, cases, anchors and the profile are numbers of the old model: they are carried over by their codes.
        decision = decision with
        {
            Holds = model.HoldBits(from.HoldCodes(snapshot.Holds)),
            Cases = from.CasesIn(snapshot.Cases).Aggregate(0u, (bits, c) => bits | Required(model.CaseNamed(c.Code), "case", c.Code).Bit),
            Anchors = from.States.Where(s => (from.AnchorBit(s.Code) & snapshot.Anchors) != 0).Aggregate(0u, (bits, s) => bits | model.AnchorBit(s.Code)),
        };
        var moved = snapshot with { Model = model.Fingerprint, Profile = Required(model.ProfileNamed(from.ProfileAt(snapshot.Profile).Code), "profile", from.ProfileAt(snapshot.Profile).Code).Index };
        if (!model.Knows(in moved))
        {
            throw new InvalidOperationException($"The model '{model.Name}' {model.Version} lacks a state that the order is in. A superseding model keeps every state.");
        }

        draft.Model = model;
        draft.Snapshot.Profile = moved.Profile;
        return true;

        T Required<T>(T? item, string what, string code)
            where T : class =>
            item ?? throw new InvalidOperationException($"The model '{model.Name}' {model.Version} lacks the {what} '{code}' that the order has. A superseding model keeps every {what}.");
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

    private static OrderReference NumberOf(OrderKey key) => new(key.Tenant, ReferenceKind.Order, key.Order.Value);

    private static string UnknownModel(ModelFingerprint fingerprint) =>
        $"The order is decided under the model {fingerprint}, which this host does not know. Register that model, then replay.";

    private static string CommandIdentity(OrderFact fact, long version) =>
        string.Create(CultureInfo.InvariantCulture, $"{FactIdentity.Of(fact)}@{version}");

    /// <summary>The short way of one fact whose order is known; no result where it takes the long one.</summary>
    private async ValueTask<(FireResult? Result, List<OrderReference>? Known)> TryOneAsync(
        OrderFact fact, OrderKey key, int maxAttempts, DueDeadline? deadline, CancellationToken cancellationToken)
    {
        var target = new Target(0, key, fact) { Identity = FactIdentity.Of(fact) };
        var lookups = new[] { new OrderLookup(key, fact.Source, target.Identity, fact.Revokes) };
        for (var attempt = 1; ; attempt++)
        {
            var finding = (await store.LoadAsync(unit, lookups, cancellationToken).ConfigureAwait(false))[0];
            if (finding.Earlier is { } earlier)
            {
                return (IsSame(earlier, fact) ? new FireResult.Duplicate(key, earlier.Version) : null, null);
            }

            var draft = NewDraft(key, finding.Order);
            List<ParkedFact>? parked = null;
            var result = Decide(target, draft, finding, deadline, ref parked);
            if (parked is not null)
            {
                await store.ParkAsync(unit, parked, cancellationToken).ConfigureAwait(false);
            }

            if (!draft.HasChanges)
            {
                return (result, null);
            }

            var saved = await store.SaveAsync(unit, [draft.ToChange(now)], cancellationToken).ConfigureAwait(false);
            if (saved[0] != 0)
            {
                List<OrderReference>? known = null;
                if (draft.ExpectedVersion == 0 || draft.Links is not null)
                {
                    Note(draft, known = []);
                }

                return (result, known);
            }

            LifecycleTelemetry.ReportConflict();
            if (attempt >= maxAttempts)
            {
                return (new FireResult.Conflict(key, attempt), null);
            }
        }
    }

    /// <summary>Finds the order of each fact; parks those whose number is unknown.</summary>
    private async ValueTask<List<Target>> ResolveAsync(IReadOnlyList<OrderFact> facts, FireResult[] results, CancellationToken cancellationToken)
    {
        var targets = new List<Target>(facts.Count);
        List<(int Index, OrderReference Number)>? numbers = null;
        for (var i = 0; i < facts.Count; i++)
        {
            if (facts[i].Order is { } key)
            {
                targets.Add(new Target(i, key, facts[i]));
            }
            else
            {
                (numbers ??= []).Add((i, facts[i].Reference!.Value));
            }
        }

        if (numbers is null)
        {
            return targets;
        }

        var found = await store.ResolveAsync(unit, [.. numbers.Select(n => n.Number)], cancellationToken).ConfigureAwait(false);
        List<ParkedFact>? parked = null;
        for (var n = 0; n < numbers.Count; n++)
        {
            var (index, number) = numbers[n];
            var fact = facts[index];
            switch (found[n])
            {
                case []:
                    results[index] = Keep(fact, number, ParkReason.UnknownNumber, $"No order is linked to the {number.Kind.Code} number '{number.Value}'.", ref parked);
                    break;
                case [var key]:
                    targets.Add(new Target(index, key, fact));
                    break;
                case var keys when fact.Amount is null && fact.Quantity is null:
                    targets.AddRange(keys.Select(key => new Target(index, key, fact)));
                    results[index] = new FireResult.Several([]);
                    break;
                case var keys:
                    results[index] = Keep(fact, number, ParkReason.AmbiguousNumber, $"{keys.Count} orders share the {number.Kind.Code} number '{number.Value}', and the fact brings an amount or a quantity for all of them.", ref parked);
                    break;
            }
        }

        if (parked is not null)
        {
            await store.ParkAsync(unit, parked, cancellationToken).ConfigureAwait(false);
        }

        return targets;
    }

    /// <summary>One attempt: returns what lost a race and is to be decided again.</summary>
    private async ValueTask<List<Target>> DecideAndSaveAsync(
        List<Target> targets, FireResult[] results, int attempt, int maxAttempts, DueDeadline? deadline, List<OrderReference> known, CancellationToken cancellationToken)
    {
        var lookups = new OrderLookup[targets.Count];
        for (var i = 0; i < lookups.Length; i++)
        {
            var target = targets[i];
            lookups[i] = new OrderLookup(target.Key, target.Fact.Source, target.Identity ??= FactIdentity.Of(target.Fact), target.Fact.Revokes);
        }

        var findings = await store.LoadAsync(unit, lookups, cancellationToken).ConfigureAwait(false);
        var drafts = new Dictionary<OrderKey, OrderDraft>(targets.Count);
        List<ParkedFact>? parked = null;
        List<Target>? reused = null;
        for (var i = 0; i < targets.Count; i++)
        {
            var target = targets[i];
            ref var draft = ref CollectionsMarshal.GetValueRefOrAddDefault(drafts, target.Key, out var isKnown);
            draft ??= NewDraft(target.Key, findings[i].Order);
            if (!target.IsReused && findings[i].Earlier is { } earlier && !IsSame(earlier, target.Fact))
            {
                // Told under a name of its own, so that it is found again when it is told again.
                target.IsReused = true;
                target.Identity = $"{target.Identity}#{FactIdentity.Of(target.Fact with { Id = null, Evidence = null })}";
                (reused ??= []).Add(target);
                continue;
            }

            SetResult(results, target.Index, Decide(target, draft, findings[i], deadline, ref parked));
        }

        var changed = drafts.Values.Where(d => d.HasChanges).ToList();
        List<Target>? again = null;
        if (changed.Count > 0)
        {
            // One order for all writers: two that share several orders wait for each other and never in a circle.
            changed.Sort(static (a, b) => a.Key.CompareTo(b.Key));
            var saved = await store.SaveAsync(unit, [.. changed.Select(d => d.ToChange(now))], cancellationToken).ConfigureAwait(false);
            for (var c = 0; c < changed.Count; c++)
            {
                if (saved[c] != 0)
                {
                    Note(changed[c], known);
                    continue;
                }

                foreach (var target in targets.Where(t => t.Key == changed[c].Key))
                {
                    results[target.Index] = new FireResult.Conflict(target.Key, attempt);
                    if (attempt < maxAttempts && reused?.Contains(target) != true)
                    {
                        (again ??= []).Add(target);
                    }
                }
            }
        }

        if (parked is not null)
        {
            await store.ParkAsync(unit, parked, cancellationToken).ConfigureAwait(false);
        }

        if (reused is not null)
        {
            (again ??= []).AddRange(reused);
        }

        return again ?? [];
    }

    private OrderDraft NewDraft(OrderKey key, StoredOrder? stored) => stored is null
        ? new OrderDraft(key, null)
        : new OrderDraft(key, stored) { Snapshot = stored.Snapshot, Model = models.Find(stored.Snapshot.Model) };

    private FireResult Decide(Target target, OrderDraft draft, OrderFinding finding, DueDeadline? deadline, ref List<ParkedFact>? parked)
    {
        var (fact, key) = (target.Fact, target.Key);
        if (finding.Earlier is { } earlier)
        {
            return new FireResult.Duplicate(key, earlier.Version);
        }

        if (draft.IsRepeated(fact.Source, target.Identity!))
        {
            return new FireResult.Duplicate(key, draft.Snapshot.Version);
        }

        var exists = draft.Snapshot.Exists;
        var model = exists ? draft.Model : draft.Model ?? models.ForNewOrders(fact.Model);
        if (model is null)
        {
            return Keep(fact, NumberOf(key), ParkReason.UnknownModel, exists ? UnknownModel(draft.Snapshot.Model) : $"This host knows no model '{fact.Model}'.", ref parked);
        }

        if (deadline is not null && fact.Trigger == DeadlineUnprobed)
        {
            return Unprobed(target, draft, deadline);
        }

        if (model.TriggerNamed(fact.Trigger) is not { } trigger)
        {
            return Keep(fact, NumberOf(key), ParkReason.UnknownTrigger, $"The model '{model.Name}' has no trigger '{fact.Trigger}'.", ref parked);
        }

        if (!exists)
        {
            if (!trigger.IsCreation)
            {
                return Keep(fact, NumberOf(key), ParkReason.UnknownOrder, "The order does not exist yet.", ref parked);
            }

            var profile = fact.Profile is null ? model.Profiles[0] : model.ProfileNamed(fact.Profile);
            if (profile is null)
            {
                return Keep(fact, NumberOf(key), ParkReason.UnknownCode, $"The model '{model.Name}' has no profile '{fact.Profile}'.", ref parked);
            }

            draft.Model = model;
            draft.Snapshot = new OrderSnapshot { Model = model.Fingerprint, Profile = profile.Index };
        }
        else if (!model.Knows(in draft.Snapshot))
        {
            return Keep(fact, NumberOf(key), ParkReason.UnknownState, $"The order is in a state that the model '{model.Name}' does not know.", ref parked);
        }

        if (deadline is not null && draft.Snapshot.Since[deadline.Facet] != deadline.Version)
        {
            return new FireResult.Stale(key);
        }

        if (!model.TryHoldBits(fact.Holds, out var holds))
        {
            return Keep(fact, NumberOf(key), ParkReason.UnknownCode, $"The model '{model.Name}' does not have all of the holds {string.Join(", ", fact.Holds)}.", ref parked);
        }

        var standing = fact.Standing ?? trigger.Standing;
        var flags = (finding.RevokedIsKnown ? FactFlags.RevokesKnownFact : FactFlags.None)
            | (draft.IsForeign(fact.Amount) ? FactFlags.ForeignCurrency : FactFlags.None)
            | (target.IsReused ? FactFlags.IdReused : FactFlags.None);
        var decision = model.Decide(in draft.Snapshot, new FactArguments(
            trigger.Index, standing, fact.Amount?.MinorUnits ?? FactArguments.Rest, fact.Quantity ?? FactArguments.Rest, holds, fact.ReportedState ?? 0, flags));
        if (deadline is not null && decision.Kind == DecisionKind.GuardFailed)
        {
            // The clock asks again after a pause, for as long as the order waits: nobody's wish was refused, so nothing is noted.
            return new FireResult.GuardFailed(key, draft.Snapshot, model.GuardCodes(decision.FailedGuards));
        }

        var casesBefore = draft.Snapshot.Cases;
        var before = draft.Snapshot;
        var identity = standing == FactStanding.Command && fact.Id is null && fact.OccurredAt is null
            ? CommandIdentity(fact, draft.Snapshot.Version)
            : target.Identity!;
        draft.Add(fact, identity, in decision, now, options.EventDestination);
        return ResultOf(key, model, in before, draft.Snapshot, in decision, decision.Cases & ~casesBefore);
    }

    /// <summary>A deadline whose probe this host does not have: nothing is done but to tell somebody.</summary>
    private FireResult Unprobed(Target target, OrderDraft draft, DueDeadline deadline)
    {
        if (draft.Snapshot.Since[deadline.Facet] != deadline.Version)
        {
            return new FireResult.Stale(target.Key);
        }

        var opened = BuiltInCases.DeadlineWithoutProbeBit & ~draft.Snapshot.Cases;
        var decision = Administered(in draft.Snapshot, DecisionReason.Expected) with { Cases = draft.Snapshot.Cases | BuiltInCases.DeadlineWithoutProbeBit };
        draft.Add(target.Fact, target.Identity!, in decision, now, options.EventDestination);
        return new FireResult.Applied(target.Key, draft.Snapshot, draft.Model!.CaseCodes(opened), _commit);
    }

    private FireResult ResultOf(OrderKey key, OrderModel model, in OrderSnapshot before, OrderSnapshot after, in Decision decision, uint opened) => decision.Kind switch
    {
        DecisionKind.Applied => new FireResult.Applied(key, after, model.CaseCodes(opened), _commit),
        DecisionKind.AlreadyApplied => new FireResult.AlreadyApplied(key, after, _commit),
        DecisionKind.Late => new FireResult.Late(key, after, decision.Reason, _commit),
        DecisionKind.Early => new FireResult.Early(key, after, decision.Reason, decision.Changes(in before), _commit),
        DecisionKind.Contradictory => new FireResult.Contradictory(
            key, after, decision.Reason, model.CaseCodes(opened), decision.MovedFacets != 0 || decision.First.Change != 0 || decision.Second.Change != 0, _commit),
        DecisionKind.Rejected => new FireResult.Rejected(key, after, model.WhyRejected(in before, decision.Trigger, key)),
        _ => new FireResult.GuardFailed(key, after, model.GuardCodes(decision.FailedGuards)),
    };

    /// <summary>Keeps a fact or a report; a command is told why it came to nothing.</summary>
    private FireResult Keep(OrderFact fact, OrderReference number, ParkReason reason, string detail, ref List<ParkedFact>? parked)
    {
        var standing = fact.Standing ?? models.ForNewOrders(fact.Model)?.TriggerNamed(fact.Trigger)?.Standing ?? FactStanding.Fact;
        if (standing == FactStanding.Command)
        {
            return new FireResult.Unresolved(reason, number, detail);
        }

        (parked ??= []).Add(new ParkedFact(number, fact, reason, now));
        return new FireResult.Parked(reason, number, detail);
    }

    /// <summary>Applies what waited for numbers that are known now, and what waited for that in turn.</summary>
    private async ValueTask ApplyWaitingAsync(List<OrderReference> known, int maxAttempts, CancellationToken cancellationToken)
    {
        for (var round = 0; known.Count > 0 && round < MaxRounds; round++)
        {
            var parked = await store.TakeParkedAsync(unit, known, cancellationToken).ConfigureAwait(false);
            known = parked.Count == 0 ? [] : await ApplyParkedAsync(parked, maxAttempts, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<List<OrderReference>> ApplyParkedAsync(IReadOnlyList<ParkedFact> parked, int maxAttempts, CancellationToken cancellationToken)
    {
        var results = new FireResult[parked.Count];
        var known = new List<OrderReference>();
        var waiting = await ResolveAsync([.. parked.Select(p => p.Fact)], results, cancellationToken).ConfigureAwait(false);
        for (var attempt = 1; waiting.Count > 0; attempt++)
        {
            waiting = await DecideAndSaveAsync(waiting, results, attempt, maxAttempts, null, known, cancellationToken).ConfigureAwait(false);
        }

        // What lost the race even so waits on, rather than being lost with it.
        var lost = parked.Where((_, i) => results[i] is FireResult.Conflict).ToList();
        if (lost.Count > 0)
        {
            await store.ParkAsync(unit, lost, cancellationToken).ConfigureAwait(false);
        }

        return known;
    }

    private static void Note(OrderDraft draft, List<OrderReference> known)
    {
        if (draft.ExpectedVersion == 0)
        {
            known.Add(NumberOf(draft.Key));
        }

        if (draft.Links is { } links)
        {
            known.AddRange(links);
        }
    }

    private static bool IsSame(EarlierFact earlier, OrderFact fact) =>
        earlier.Trigger == fact.Trigger && earlier.Amount == fact.Amount?.MinorUnits && earlier.Quantity == fact.Quantity;

    private static void SetResult(FireResult[] results, int index, FireResult result) =>
        results[index] = results[index] is FireResult.Several several ? new FireResult.Several([.. several.Results, result]) : result;

    private sealed class Target(int index, OrderKey key, OrderFact fact)
    {
        public int Index { get; } = index;

        public OrderKey Key { get; } = key;

        public OrderFact Fact { get; } = fact;

        public string? Identity { get; set; }

        public bool IsReused { get; set; }
    }
}
