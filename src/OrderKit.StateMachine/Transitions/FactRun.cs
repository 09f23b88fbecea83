using System.Globalization;
using System.Runtime.InteropServices;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>Takes some facts through one unit of work: resolve ▸ load ▸ decide ▸ save ▸ apply what waited for it.</summary>
internal sealed partial class FactRun(
    IOrderStore store,
    UnitOfWork unit,
    OrderModelRegistry models,
    OrderLifecycleOptions options,
    bool writesNotices,
    DateTimeOffset now,
    CommitState commit,
    CancellationToken cancellationToken)
{
    public const string OwnSource = "orderkit";
    public const string CaseClosed = "case-closed";
    public const string ModelMoved = "model-moved";
    public const string DeadlineUnprobed = "deadline-unprobed";

    // A parked fact can make a number known that further facts wait for; a chain longer than this is a loop of defects.
    private const int MaxRounds = 16;

    // A joined unit decides once: only its host can know what else was read in it.
    private readonly int _maxAttempts = commit == CommitState.Committed ? options.MaxAttempts : 1;

    // Numbers that another unit made known between our look and our parking.
    private readonly List<OrderReference> _missed = [];

    // None from the first write on: a host that catches the cancellation and commits must not commit half of it.
    private CancellationToken _cancellation = cancellationToken;

    /// <summary>Decides facts, and saves what they change.</summary>
    /// <param name="facts">The facts.</param>
    /// <param name="deadlines">For each fact the deadline that fires it, or nothing; missing where no fact has one.</param>
    public async ValueTask<FireResult[]> ExecuteAsync(IReadOnlyList<OrderFact> facts, IReadOnlyList<DueDeadline?>? deadlines)
    {
        var known = new List<OrderReference>();
        var targets = await ResolveAsync(facts, null).ConfigureAwait(false);
        foreach (var target in deadlines is null ? [] : targets)
        {
            target.Deadline = deadlines![target.Index];
        }

        await DecideAllAsync(targets, known, _maxAttempts).ConfigureAwait(false);
        await ApplyWaitingAsync(known).ConfigureAwait(false);
        return ResultsOf(facts.Count, targets);
    }

    /// <summary>Decides again what waits for a number; what cannot be decided even so waits on.</summary>
    public async ValueTask<FireResult[]> ReplayAsync(OrderReference number)
    {
        BeginWriting();
        var parked = await store.TakeParkedAsync(unit, [number], _cancellation).ConfigureAwait(false);
        if (parked.Count == 0)
        {
            return [];
        }

        var known = new List<OrderReference>();
        var targets = await ApplyParkedAsync(parked, known).ConfigureAwait(false);
        await ApplyWaitingAsync(known).ConfigureAwait(false);
        return ResultsOf(parked.Count, targets);
    }

    private static OrderReference NumberOf(OrderKey key) => new(key.Tenant, ReferenceKind.Order, key.Order.Value);

    private static string UnknownModel(ModelFingerprint fingerprint) =>
        $"The order is decided under the model {fingerprint}, which this host does not know. Register that model, then replay.";

    private static string UnknownState(OrderModel model) => $"The order is in a state that the model '{model.Name}' does not know.";

    private static string CommandIdentity(OrderFact fact, long version) =>
        string.Create(CultureInfo.InvariantCulture, $"{FactIdentity.Of(fact)}@{version}");

    // Told under a name of its own, so that it is found again when it is told again.
    private static string ReusedIdentity(OrderFact fact) => FactIdentity.WithContent(fact);

    private static FireResult[] ResultsOf(int facts, List<Target> targets)
    {
        var results = new FireResult[facts];
        foreach (var target in targets)
        {
            results[target.Index] = !target.IsOneOfSeveral ? target.Result!
                : new FireResult.Several([.. (results[target.Index] as FireResult.Several)?.Results ?? [], target.Result!]);
        }

        return results;
    }

    private void BeginWriting()
    {
        _cancellation.ThrowIfCancellationRequested();
        _cancellation = CancellationToken.None;
    }

    /// <summary>Finds the orders of the facts, in their order; parks those whose number is unknown.</summary>
    private async ValueTask<List<Target>> ResolveAsync(IReadOnlyList<OrderFact> facts, IReadOnlyList<ParkedFact>? parked)
    {
        var numbers = facts.Where(f => f.Order is null).Select(f => f.Reference!.Value).ToList();
        var found = numbers.Count == 0 ? [] : await store.ResolveAsync(unit, numbers, _cancellation).ConfigureAwait(false);
        var targets = new List<Target>(facts.Count);
        var n = 0;
        for (var i = 0; i < facts.Count; i++)
        {
            var (fact, since) = (facts[i], parked?[i].ParkedAt ?? now);
            if (fact.Order is { } known)
            {
                targets.Add(new Target(i, known, fact, since));
                continue;
            }

            var number = numbers[n];
            switch (found[n++])
            {
                case []:
                    targets.Add(
                        Kept(
                            i, fact, since, number, ParkReason.UnknownNumber,
                            $"No order is linked to the {number.Kind.Code} number '{number.Value}'."));
                    break;
                case [var key]:
                    targets.Add(new Target(i, key, fact, since));
                    break;
                case var keys when fact.Amount is null && fact.Quantity is null:
                    targets.AddRange(keys.Select(key => new Target(i, key, fact, since) { IsOneOfSeveral = true }));
                    break;
                case var keys:
                    targets.Add(
                        Kept(
                            i, fact, since, number, ParkReason.AmbiguousNumber,
                            $"{keys.Count} orders share the {number.Kind.Code} number '{number.Value}', and the fact brings an amount or a "
                            + "quantity for all of them."));
                    break;
            }
        }

        await ParkAsync(targets).ConfigureAwait(false);
        return targets;

        Target Kept(int index, OrderFact fact, DateTimeOffset since, OrderReference number, ParkReason reason, string detail)
        {
            var target = new Target(index, default, fact, since);
            target.Result = Keep(target, null, number, reason, detail);
            return target;
        }
    }

    private async ValueTask DecideAllAsync(List<Target> targets, List<OrderReference> known, int maxAttempts)
    {
        var waiting = targets.FindAll(static t => t.Result is null);
        for (var attempt = 1; waiting.Count > 0; attempt++)
        {
            waiting = await DecideAndSaveAsync(waiting, attempt, maxAttempts, known).ConfigureAwait(false);
        }
    }

    /// <summary>One attempt: returns what lost a race and is to be decided again.</summary>
    private async ValueTask<List<Target>> DecideAndSaveAsync(
        List<Target> targets, int attempt, int maxAttempts, List<OrderReference> known)
    {
        var findings = await LoadAsync(targets).ConfigureAwait(false);
        var drafts = new Dictionary<OrderKey, OrderDraft>(targets.Count);
        for (var i = 0; i < targets.Count; i++)
        {
            var target = targets[i];
            ref var draft = ref CollectionsMarshal.GetValueRefOrAddDefault(drafts, target.Key, out _);
            draft ??= NewDraft(target.Key, findings[i].Order);
            target.Result = Decide(target, draft, findings[i]);
        }

        List<Target> again = [];
        var changed = drafts.Values.Select(static draft => draft.Change).OfType<OrderChange>().ToList();
        if (changed.Count > 0)
        {
            // One order for all writers: two that share several orders wait for each other and never in a circle.
            changed.Sort(static (a, b) => a.Order.Key.CompareTo(b.Order.Key));
            BeginWriting();
            var saved = await store.SaveAsync(unit, changed, _cancellation).ConfigureAwait(false);
            for (var c = 0; c < changed.Count; c++)
            {
                if (saved[c] != 0)
                {
                    if (changed[c].ExpectedVersion == 0)
                    {
                        known.Add(NumberOf(changed[c].Order.Key));
                    }

                    known.AddRange(changed[c].Links);
                    continue;
                }

                LifecycleTelemetry.ReportConflict();
                foreach (var target in targets.Where(t => t.Key == changed[c].Order.Key))
                {
                    target.Result = new FireResult.Conflict(target.Key, attempt);
                    target.Parked = null;
                    if (attempt < maxAttempts)
                    {
                        again.Add(target);
                    }
                }
            }
        }

        await ParkAsync(targets).ConfigureAwait(false);
        return again;
    }

    /// <summary>Loads what the targets need; one whose id its source used before for another content under a name of its own.</summary>
    private async ValueTask<IReadOnlyList<OrderFinding>> LoadAsync(List<Target> targets)
    {
        var lookups = new OrderLookup[targets.Count];
        for (var i = 0; i < lookups.Length; i++)
        {
            var target = targets[i];
            target.IsReused = false;
            lookups[i] = LookupOf(target, target.Identity = FactIdentity.Of(target.Fact));
        }

        var findings = await store.LoadAsync(unit, lookups, _cancellation).ConfigureAwait(false);
        List<int>? reused = null;
        for (var i = 0; i < lookups.Length; i++)
        {
            if (findings[i].Earlier is { } earlier && !IsSame(earlier, targets[i].Fact))
            {
                targets[i].IsReused = true;
                lookups[i] = LookupOf(targets[i], targets[i].Identity = ReusedIdentity(targets[i].Fact));
                (reused ??= []).Add(i);
            }
        }

        if (reused is null)
        {
            return findings;
        }

        var named = await store.LoadAsync(unit, [.. reused.Select(i => lookups[i])], _cancellation).ConfigureAwait(false);
        var all = findings.ToArray();
        for (var r = 0; r < named.Count; r++)
        {
            all[reused[r]] = named[r];
        }

        return all;

        static OrderLookup LookupOf(Target target, string identity) => new(target.Key, target.Fact.Source, identity, target.Fact.Revokes);
    }

    private OrderDraft NewDraft(OrderKey key, StoredOrder? stored) =>
        new(
            key, stored, now, options.EventDestination,
            writesNotices) { Model = stored is null ? null : models.Find(stored.Snapshot.Model) };

    private FireResult Decide(Target target, OrderDraft draft, OrderFinding finding)
    {
        var (fact, key, deadline) = (target.Fact, target.Key, target.Deadline);
        if (finding.Earlier is { } earlier)
        {
            return new FireResult.Duplicate(key, earlier.Version);
        }

        if (draft.Find(fact.Source, target.Identity!) is { } told)
        {
            if (target.IsReused || IsSame(told, fact))
            {
                return new FireResult.Duplicate(key, told.Version);
            }

            (target.IsReused, target.Identity) = (true, ReusedIdentity(fact));
            if (draft.Find(fact.Source, target.Identity) is { } again)
            {
                return new FireResult.Duplicate(key, again.Version);
            }
        }

        var exists = draft.Snapshot.Exists;
        var model = exists ? draft.Model : draft.Model ?? models.ForNewOrders(fact.Model);
        if (model is null)
        {
            return Keep(
                target, null, NumberOf(key), ParkReason.UnknownModel,
                exists ? UnknownModel(draft.Snapshot.Model) : $"This host knows no model '{fact.Model}'.");
        }

        if (deadline is not null && draft.Snapshot.Since[deadline.Facet] != deadline.Version)
        {
            return new FireResult.Stale(key);
        }

        if (exists && !model.Knows(in draft.Snapshot))
        {
            return Keep(target, model, NumberOf(key), ParkReason.UnknownState, UnknownState(model));
        }

        if (deadline is not null && fact.Trigger == DeadlineUnprobed)
        {
            return Unprobed(target, draft);
        }

        if (model.TriggerNamed(fact.Trigger) is not { } trigger)
        {
            return Keep(
                target, model, NumberOf(key), ParkReason.UnknownTrigger, $"The model '{model.Name}' has no trigger '{fact.Trigger}'.");
        }

        OrderModel.ProfileInfo? profile = null;
        if (!exists)
        {
            if (!trigger.IsCreation)
            {
                return Keep(target, model, NumberOf(key), ParkReason.UnknownOrder, "The order does not exist yet.");
            }

            profile = fact.Profile is null ? model.Profiles[0] : model.ProfileNamed(fact.Profile);
            if (profile is null)
            {
                return Keep(
                    target, model, NumberOf(key), ParkReason.UnknownCode, $"The model '{model.Name}' has no profile '{fact.Profile}'.");
            }
        }

        if (!model.TryHoldBits(fact.Holds, out var holds))
        {
            return Keep(
                target, model, NumberOf(key), ParkReason.UnknownCode,
                $"The model '{model.Name}' does not have all of the holds {string.Join(", ", fact.Holds)}.");
        }

        if (deadline is not null && model.DeadlineOf(draft.Snapshot.States[deadline.Facet])?.Basis == DeadlineBasis.ShipBy
            && draft.ShipBy > deadline.DueAt)
        {
            // The instant was moved ahead between the claim and now.
            return new FireResult.Stale(key);
        }

        if (profile is not null)
        {
            draft.Model = model;
            draft.Snapshot = new OrderSnapshot { Model = model.Fingerprint, Profile = profile.Index };
        }

        var standing = fact.Standing ?? trigger.Standing;
        var flags = (finding.RevokedIsKnown || draft.Knows(fact.Source, fact.Revokes) ? FactFlags.RevokesKnownFact : FactFlags.None)
            | (draft.IsForeign(fact.Amount) ? FactFlags.ForeignCurrency : FactFlags.None)
            | (target.IsReused ? FactFlags.IdReused : FactFlags.None);
        var decision = model.Decide(in draft.Snapshot, new FactArguments(
            trigger.Index, standing, fact.Amount?.MinorUnits ?? FactArguments.Rest, fact.Quantity
                ?? FactArguments.Rest, holds, fact.ReportedState ?? 0, flags));
        if (deadline is not null)
        {
            if (decision.Kind == DecisionKind.GuardFailed)
            {
                // Nobody's wish: it is tried again, and a row for each try would bury the others.
                return new FireResult.GuardFailed(key, draft.Snapshot, model.GuardCodes(decision.FailedGuards));
            }

            draft.EndDeadline(deadline.Facet);
        }

        var casesBefore = draft.Snapshot.Cases;
        var before = draft.Snapshot;
        var identity = standing == FactStanding.Command && fact.Id is null && fact.OccurredAt is null
            ? CommandIdentity(fact, draft.Snapshot.Version)
            : target.Identity!;
        draft.Add(fact, identity, in decision);
        return ResultOf(key, model, in before, draft.Snapshot, in decision, decision.Cases & ~casesBefore);
    }

    /// <summary>A deadline whose probe this host does not have: nothing is done but to tell somebody, once.</summary>
    private FireResult Unprobed(Target target, OrderDraft draft)
    {
        var opened = BuiltInCases.DeadlineWithoutProbeBit & ~draft.Snapshot.Cases;
        if (opened == 0)
        {
            return new FireResult.AlreadyApplied(target.Key, draft.Snapshot, commit);
        }

        var decision = Administered(in draft.Snapshot, DecisionReason.Expected) with { Cases = draft.Snapshot.Cases | opened };
        draft.Add(target.Fact, target.Identity!, in decision);
        return new FireResult.Applied(target.Key, draft.Snapshot, draft.Model!.CaseCodes(opened), commit);
    }

    private FireResult ResultOf(
        OrderKey key, OrderModel model, in OrderSnapshot before, OrderSnapshot after, in Decision decision,
        uint opened) => decision.Kind switch
    {
        DecisionKind.Applied => new FireResult.Applied(key, after, model.CaseCodes(opened), commit),
        DecisionKind.AlreadyApplied => new FireResult.AlreadyApplied(key, after, commit),
        DecisionKind.Late => new FireResult.Late(key, after, decision.Reason, commit),
        DecisionKind.Early => new FireResult.Early(key, after, decision.Reason, decision.Changes(in before), commit),
        DecisionKind.Contradictory => new FireResult.Contradictory(
            key, after, decision.Reason, model.CaseCodes(opened), decision.MovedFacets != 0 || decision.First.Change != 0
                || decision.Second.Change != 0, commit),
        DecisionKind.Rejected => new FireResult.Rejected(key, after, model.WhyRejected(in before, decision.Trigger, key)),
        _ => new FireResult.GuardFailed(key, after, model.GuardCodes(decision.FailedGuards)),
    };

    // Where the order's model is not known, whoever knows the trigger says what it is; what nobody knows may be a fact.
    private FactStanding StandingOf(OrderFact fact, OrderModel? model) =>
        fact.Standing
        ?? (model ?? models.ForNewOrders(fact.Model))?.TriggerNamed(fact.Trigger)?.Standing
        ?? models.Models.Select(m => m.TriggerNamed(fact.Trigger)?.Standing).FirstOrDefault(standing => standing is not null)
        ?? FactStanding.Fact;

    private static bool IsSame(EarlierFact earlier, OrderFact fact) =>
        earlier.Trigger == fact.Trigger && earlier.Amount == fact.Amount?.MinorUnits && earlier.Quantity == fact.Quantity
        && (fact.Amount is not { } amount || earlier.Currency is null || earlier.Currency == amount.Currency.Code);

    private sealed class Target(int index, OrderKey key, OrderFact fact, DateTimeOffset since)
    {
        public int Index { get; } = index;

        public OrderKey Key { get; } = key;

        public OrderFact Fact { get; } = fact;

        /// <summary>Since when it waits; the instant of the call for one that does not.</summary>
        public DateTimeOffset Since { get; } = since;

        public bool IsOneOfSeveral { get; init; }

        /// <summary>The deadline that fires the fact; missing where something else does.</summary>
        public DueDeadline? Deadline { get; set; }

        public string? Identity { get; set; }

        public bool IsReused { get; set; }

        public FireResult? Result { get; set; }

        public ParkedFact? Parked { get; set; }
    }
}
