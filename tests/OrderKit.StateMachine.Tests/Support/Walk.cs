using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine.Tests;

/// <summary>An order in memory to which facts are told one after the other; it keeps the rows that a journal would.</summary>
internal sealed class Walk
{
    private OrderSnapshot _order;

    public Walk(OrderModel model, string? profile = null, long due = 1000, long ordered = 2)
    {
        Model = model;
        _order.Model = model.Fingerprint;
        _order.Profile = profile is null ? 0 : model.ProfileNamed(profile)!.Index;
        Last = Tell(model.Triggers.First(t => t.IsCreation).Name, amount: due, quantity: ordered);
    }

    public OrderModel Model { get; }

    public List<JournalEntry> Rows { get; } = [];

    public Decision Last { get; private set; }

    public ref readonly OrderSnapshot Order => ref _order;

    public IReadOnlyList<int> States => [.. Model.Facets.Select(f => _order.States[f.Index])];

    public string At => string.Join('/', States);

    public IReadOnlyList<string> Cases => Model.CaseCodes(_order.Cases);

    public IReadOnlyList<string> Holds => Model.HoldCodes(_order.Holds);

    public long Sum(Counter counter) => _order.Counters[counter];

    public FactArguments Arguments(
        string trigger, FactStanding? standing = null, long? amount = null, long? quantity = null, string[]? holds = null, int reported = 0,
        FactFlags flags = FactFlags.None)
    {
        var info = Model.TriggerNamed(trigger) ?? throw new ArgumentException($"The model has no trigger '{trigger}'.", nameof(trigger));
        return new FactArguments(
            info.Index, standing ?? info.Standing, amount ?? FactArguments.Rest, quantity ?? FactArguments.Rest, Model.HoldBits(holds ?? []), reported, flags);
    }

    /// <summary>Decides and applies one fact.</summary>
    public Decision Tell(
        string trigger, FactStanding? standing = null, long? amount = null, long? quantity = null, string[]? holds = null, int reported = 0,
        FactFlags flags = FactFlags.None) =>
        Tell(Arguments(trigger, standing, amount, quantity, holds, reported, flags));

    public Decision Tell(in FactArguments fact)
    {
        var decision = Model.Decide(in _order, in fact);
        Rows.Add(RowOf(decision, fact));
        decision.ApplyTo(ref _order);
        Last = decision;
        return decision;
    }

    /// <summary>Tells several facts and returns what became of the last.</summary>
    public Decision TellAll(params ReadOnlySpan<string> triggers)
    {
        foreach (var trigger in triggers)
        {
            Tell(trigger);
        }

        return Last;
    }

    private JournalEntry RowOf(in Decision decision, in FactArguments fact) => new()
    {
        Version = _order.Version + 1,
        IsTransition = decision.Changes(in _order),
        Model = Model.Fingerprint,
        Trigger = Model.Triggers[fact.Trigger].Name,
        Standing = fact.Standing,
        Kind = decision.Kind,
        Reason = decision.Reason,
        States = decision.States,
        MovedFacets = decision.MovedFacets,
        Holds = decision.Holds,
        Cases = decision.Cases,
        Anchors = decision.Anchors,
        Profile = _order.Profile,
        First = decision.First,
        Second = decision.Second,
        Source = "test",
        FactId = $"{_order.Version + 1}",
        RecordedAt = DateTimeOffset.UnixEpoch,
    };
}
