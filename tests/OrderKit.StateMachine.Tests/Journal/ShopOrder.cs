using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine.Tests;

/// <summary>An order that lives in a test: decides facts under <see cref="ShopModel"/> and keeps the journal.</summary>
internal sealed class ShopOrder(OrderKey key, DateTimeOffset placedAt, OrderModel? model = null)
{
    private OrderSnapshot _snapshot = new() { Model = (model ?? ShopModel.Model).Fingerprint };

    public OrderModel Model { get; } = model ?? ShopModel.Model;

    public OrderKey Key { get; } = key;

    public List<JournalEntry> Entries { get; } = [];

    public List<OrderCase> Cases { get; } = [];

    public StoredOrder Stored => new()
    {
        Key = Key,
        Snapshot = _snapshot,
        Currency = Currency.CNY,
        Headline = Model.HeadlineOf(in _snapshot).Code,
        PlacedAt = placedAt,
        UpdatedAt = Entries[^1].RecordedAt,
    };

    public static ShopOrder Of(string externalId, DateTimeOffset placedAt, string tenant = "default", OrderModel? model = null) =>
        new(new OrderKey(new TenantId(tenant), OrderId.Derive(new ChannelCode("DY"), externalId)), placedAt, model);

    /// <summary>Decides a fact.</summary>
    /// <param name="trigger">The trigger.</param>
    /// <param name="source">The system that tells it.</param>
    /// <param name="after">When we hear of it, from placing.</param>
    /// <param name="occurred">When it happened, from placing; <see langword="null"/> for the same instant.</param>
    /// <param name="shape">What else the row has.</param>
    public ShopOrder Hear(
        string trigger, string source, TimeSpan after, TimeSpan? occurred = null, Func<JournalEntry, JournalEntry>? shape = null, int reported = 0,
        long amount = FactArguments.Rest, long quantity = FactArguments.Rest, uint holds = 0, FactFlags flags = FactFlags.RevokesKnownFact)
    {
        var info = Model.TriggerNamed(trigger) ?? throw new ArgumentException($"The shop has no trigger '{trigger}'.", nameof(trigger));
        var before = _snapshot;
        var decision = Model.Decide(in _snapshot, new FactArguments(info.Index, info.Standing, amount, quantity, holds, reported, flags));
        decision.ApplyTo(ref _snapshot);
        var entry = new JournalEntry
        {
            Version = _snapshot.Version,
            IsTransition = decision.Changes(in before),
            Model = Model.Fingerprint,
            Trigger = trigger,
            Standing = info.Standing,
            Kind = decision.Kind,
            Reason = decision.Reason,
            States = decision.States,
            MovedFacets = decision.MovedFacets,
            Holds = decision.Holds,
            Cases = decision.Cases,
            Anchors = decision.Anchors,
            Profile = _snapshot.Profile,
            First = decision.First,
            Second = decision.Second,
            FailedGuards = decision.FailedGuards == 0 ? null : string.Join(' ', Model.GuardCodes(decision.FailedGuards)),
            Source = source,
            FactId = $"{source}:{_snapshot.Version}",
            OccurredAt = placedAt + (occurred ?? after),
            RecordedAt = placedAt + after,
            ReportedState = reported == 0 ? null : reported,
            Amount = amount == FactArguments.Rest ? null : amount,
            Currency = amount == FactArguments.Rest ? null : "CNY",
            Quantity = quantity == FactArguments.Rest ? null : quantity,
        };
        Entries.Add(shape is null ? entry : shape(entry));
        foreach (var opened in Model.CasesIn(decision.Cases & ~before.Cases))
        {
            Cases.Add(new OrderCase(Key, opened.Code, opened.Owner, opened.Reason, entry.Version, entry.RecordedAt, entry.RecordedAt + opened.Within, null, null));
        }

        return this;
    }
}
