using System.Security.Cryptography;
using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>An order while the facts of one unit of work are decided, and the <see cref="OrderChange"/> that they make.</summary>
/// <param name="key">The order.</param>
/// <param name="stored">The order as it is stored; missing where it is new.</param>
/// <param name="now">The instant of the run.</param>
/// <param name="eventDestination">The destination of events.</param>
/// <param name="writesNotices">Whether to write a notice for each case that opens.</param>
internal sealed class OrderDraft(OrderKey key, StoredOrder? stored, DateTimeOffset now, string eventDestination, bool writesNotices)
{
    private static readonly RandomNumberGenerator Randomness = RandomNumberGenerator.Create();

    private readonly List<JournalEntry> _entries = new(1);
    private List<JournalDetail>? _details;
    private List<OutboxMessage>? _messages;
    private List<OrderReference>? _links;
    private List<OrderCase>? _cases;
    private readonly Dictionary<(string Source, string Id), JournalEntry> _identities = [];
    private DateTimeOffset?[]? _given;
    private string? _lane;
    private int _moved;
    private int _ended;
    private bool _hasNewShipBy;

    public OrderModel? Model { get; set; }

    public OrderSnapshot Snapshot = stored?.Snapshot ?? default;

    /// <summary>What to save; missing until a fact was added.</summary>
    public OrderChange? Change { get; private set; }

    public DateTimeOffset? ShipBy => _shipBy;

    private Currency _currency = stored?.Currency ?? default;
    private DateTimeOffset? _placedAt = stored?.PlacedAt;
    private DateTimeOffset? _shipBy = stored?.ShipBy;
    private DateTimeOffset? _deliverBy = stored?.DeliverBy;

    /// <summary>Whether an amount is in another currency; the first amount of an order without one sets it.</summary>
    public bool IsForeign(Money? amount) => amount is { } money && _currency != default && money.Currency != _currency;

    /// <summary>The row of this unit that holds a fact of that identity.</summary>
    public EarlierFact? Find(string source, string id) => _identities.TryGetValue((source, id), out var entry)
        ? new EarlierFact(entry.Version, entry.Trigger, entry.Amount, entry.Quantity, entry.Currency)
        : null;

    /// <summary>Whether the fact that is revoked was told in this unit.</summary>
    public bool Knows(string source, string? revoked) => revoked is not null && Find(source, revoked) is not null;

    /// <summary>Has the deadline of a facet end with this change, unless the change arms another one.</summary>
    public void EndDeadline(int facet) => _ended |= 1 << facet;

    /// <summary>Applies the decision about a fact and puts all that it writes into the change.</summary>
    public void Add(OrderFact fact, string identity, in Decision decision)
    {
        var model = Model!;
        var before = Snapshot;
        decision.ApplyTo(ref Snapshot);
        Snapshot.Model = model.Fingerprint;
        var changes = decision.Changes(in before) || !before.Exists;

        if (_currency == default && fact.Amount is { } amount)
        {
            _currency = amount.Currency;
        }

        _placedAt ??= fact.OccurredAt is { } occurred ? Instants.ToMicroseconds(occurred) : now;
        if (fact.ShipBy is { } brought && Instants.ToMicroseconds(brought) is var shipBy && shipBy != _shipBy)
        {
            _shipBy = shipBy;
            _hasNewShipBy = true;
        }

        _deliverBy = fact.DeliverBy is { } deliverBy ? Instants.ToMicroseconds(deliverBy) : _deliverBy;
        _moved |= decision.Reason == DecisionReason.ModelMoved ? (1 << model.Facets.Count) - 1 : decision.MovedFacets;
        if (decision.MovedFacets != 0 && (fact.Deadline is not null || _given is not null))
        {
            Give(fact.Deadline is { } deadline ? Instants.ToMicroseconds(deadline) : null, in decision);
        }

        var digest = AddDetail(fact, before.Version + 1);
        var entry = Entry(fact, identity, in decision, changes, digest);
        _identities.Add((fact.Source, identity), entry);
        _entries.Add(entry);
        AddCases(in before);
        if (fact.Links.Count > 0)
        {
            (_links ??= []).AddRange(fact.Links);
        }

        if (!before.Exists)
        {
            // The short code is a reference like any other. Its day is in UTC, so that one instant gives one code.
            var day = DateOnly.FromDateTime((fact.OccurredAt ?? now).UtcDateTime);
            (_links ??= []).Add(new OrderReference(key.Tenant, ReferenceKind.ShortCode, ShortCodes.For(key.Order, day)));
        }

        var headline = model.HeadlineOf(in Snapshot).Code;
        if (changes || decision.Kind == DecisionKind.Contradictory)
        {
            (_messages ??= new(1)).Add(Message(fact, in decision, before.Cases, headline));
        }

        Change = new OrderChange
        {
            ExpectedVersion = stored?.Snapshot.Version ?? 0,
            Order = new StoredOrder
            {
                OrderNo = stored?.OrderNo ?? 0,
                Key = key,
                Snapshot = Snapshot,
                Currency = _currency,
                Headline = headline,
                PlacedAt = _placedAt.Value,
                UpdatedAt = stored is { } earlier && earlier.UpdatedAt > now ? earlier.UpdatedAt : now,
                ShipBy = _shipBy,
                DeliverBy = _deliverBy,
            },
            Entries = _entries,
            Details = _details ?? (IReadOnlyList<JournalDetail>)[],
            Messages = writesNotices ? [.. _messages ?? [], .. Notices()] : _messages ?? (IReadOnlyList<OutboxMessage>)[],
            Deadlines = Deadlines() ?? (IReadOnlyList<DeadlineChange>)[],
            Links = _links ?? (IReadOnlyList<OrderReference>)[],
            Cases = _cases ?? (IReadOnlyList<OrderCase>)[],
        };
    }

    // A notice has no reason: that text is the host's own and stays with the case.
    private IEnumerable<OutboxMessage> Notices() =>
        (_cases ?? []).Where(static opened => opened.ClosedAt is null)
            .Select(static opened => new AlertNotice(
                opened.Order.Tenant, AlertKinds.Case, opened.Owner, opened.Code, opened.Order.Order.Value).ToMessage());

    // The source of a fact knows when the state that it leads to ends, and nothing of the states that follow in other facets.
    private void Give(DateTimeOffset? dueAt, in Decision decision)
    {
        _given ??= new DateTimeOffset?[StateCodes.MaxFacets];
        var home = Model!.Triggers[Math.Max(decision.Trigger, 0)] is { IsCreation: false } trigger ? trigger.HomeFacet : -1;
        for (var facet = 0; facet < Model.Facets.Count; facet++)
        {
            if ((decision.MovedFacets & (1 << facet)) != 0)
            {
                var isMeant = home >= 0 ? home == facet : Model.DeadlineOf(decision.States[facet])?.Basis == DeadlineBasis.Entered;
                _given[facet] = isMeant ? dueAt : null;
            }
        }
    }

    private List<DeadlineChange>? Deadlines()
    {
        if (_moved == 0 && !_hasNewShipBy && _ended == 0)
        {
            return null;
        }

        List<DeadlineChange>? changes = null;
        var facets = Model!.Facets.Count;
        for (var facet = 0; facet < facets; facet++)
        {
            var moved = (_moved & (1 << facet)) != 0;
            var deadline = Model.DeadlineOf(Snapshot.States[facet]);
            var armed = moved || (_hasNewShipBy && deadline?.Basis == DeadlineBasis.ShipBy);
            if (!armed && (_ended & (1 << facet)) == 0)
            {
                continue;
            }

            var since = Snapshot.Since[facet];
            if (deadline is not null && armed)
            {
                var dueAt = (moved ? _given?[facet] : null) ?? (deadline.Basis == DeadlineBasis.ShipBy ? _shipBy : null)
                    ?? now + deadline.After;
                (changes ??= new(facets)).Add(new(facet, dueAt, since, deadline.Trigger, deadline.Probe));
            }
            else if (stored is not null)
            {
                (changes ??= new(facets)).Add(new(facet, null, since, string.Empty, null));
            }
        }

        return changes;
    }

    private Digest? AddDetail(OrderFact fact, long version)
    {
        if (JournalDetail.Create(version, fact.Note, fact.Payload, Randomness) is not { } detail)
        {
            return null;
        }

        (_details ??= []).Add(detail);
        return detail.ToDigest();
    }

    private void AddCases(in OrderSnapshot before)
    {
        if (before.Cases == Snapshot.Cases)
        {
            return;
        }

        var version = Snapshot.Version;
        foreach (var opened in Model!.CasesIn(Snapshot.Cases & ~before.Cases))
        {
            (_cases ??= []).Add(new OrderCase(
                key, opened.Code, opened.Owner, opened.Reason, version, now, opened.Within is { } within
                    ? now + within
                    : null, null, null));
        }

        foreach (var closed in Model.CasesIn(before.Cases & ~Snapshot.Cases))
        {
            (_cases ??= []).Add(new OrderCase(key, closed.Code, closed.Owner, closed.Reason, 0, now, null, now, version));
        }
    }

    private JournalEntry Entry(OrderFact fact, string identity, in Decision decision, bool isTransition, Digest? detail) => new()
    {
        Version = Snapshot.Version,
        IsTransition = isTransition,
        Model = Model!.Fingerprint,
        Trigger = fact.Trigger,
        Standing = fact.Standing ?? (decision.Trigger < 0 ? FactStanding.Command : Model.Triggers[decision.Trigger].Standing),
        Kind = decision.Kind,
        Reason = decision.Reason,
        States = decision.States,
        MovedFacets = decision.MovedFacets,
        Holds = decision.Holds,
        Cases = decision.Cases,
        Anchors = decision.Anchors,
        Profile = Snapshot.Profile,
        First = decision.First,
        Second = decision.Second,
        FailedGuards = decision.FailedGuards == 0 ? null : string.Join(' ', Model.GuardCodes(decision.FailedGuards)),
        Source = fact.Source,
        FactId = identity,
        Evidence = fact.Evidence,
        OccurredAt = fact.OccurredAt is { } occurred ? Instants.ToMicroseconds(occurred) : null,
        RecordedAt = now,
        Amount = fact.Amount?.MinorUnits,
        Currency = fact.Amount?.Currency.Code,
        Quantity = fact.Quantity,
        ReportedState = fact.ReportedState,
        RawStatus = fact.RawStatus,
        ShipBy = fact.ShipBy is { } shipBy ? Instants.ToMicroseconds(shipBy) : null,
        DeliverBy = fact.DeliverBy is { } deliverBy ? Instants.ToMicroseconds(deliverBy) : null,
        Operator = fact.Operator,
        TraceId = fact.TraceId,
        ResponseCode = fact.ResponseCode,
        Attachments = fact.Attachments,
        DetailDigest = detail,
    };

    private OutboxMessage Message(OrderFact fact, in Decision decision, uint casesBefore, string headline)
    {
        var model = Model!;
        var states = new KeyValuePair<string, int>[model.Facets.Count];
        for (var facet = 0; facet < states.Length; facet++)
        {
            states[facet] = new(model.Facets[facet].Name, Snapshot.States[facet]);
        }

        var orderEvent = new OrderEvent(
            key,
            Snapshot.Version,
            fact.Trigger,
            FireResult.OutcomeOf(decision.Kind),
            states,
            headline,
            model.HoldCodes(Snapshot.Holds),
            model.CaseCodes(Snapshot.Cases & ~casesBefore),
            fact.Source,
            fact.OccurredAt,
            now,
            fact.TraceId);
        _lane ??= key.Order.Value;
        return new OutboxMessage(
            OrderEventCodec.MessageIdOf(_lane, Snapshot.Version), eventDestination, key.Tenant, _lane, OrderEventCodec.MessageType,
            OrderEventCodec.Encode(orderEvent));
    }
}
