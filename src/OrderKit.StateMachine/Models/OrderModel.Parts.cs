using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <content>What a model consists of, as users read it.</content>
public sealed partial class OrderModel
{
    /// <summary>A kind of case that an order can have open.</summary>
    /// <param name="Bit">Its bit in <see cref="OrderSnapshot.Cases"/>.</param>
    /// <param name="Code">Its code.</param>
    /// <param name="Owner">The desk that acts.</param>
    /// <param name="Reason">A sentence for people.</param>
    /// <param name="Within">By when it should be closed, from opening.</param>
    public sealed record CaseInfo(uint Bit, string Code, string Owner, string Reason, TimeSpan? Within);

    /// <summary>How long a state may last.</summary>
    /// <param name="Trigger">The trigger that is fired when it passes.</param>
    /// <param name="After">How long after entering; a fact may bring another instant with it.</param>
    /// <param name="Basis">From which instant it counts.</param>
    /// <param name="Probe">The probe that must agree before the trigger is fired.</param>
    public sealed record DeadlineInfo(string Trigger, TimeSpan After, DeadlineBasis Basis, string? Probe);

    /// <summary>One side of an order with states of its own, such as money or goods.</summary>
    /// <param name="Index">Its number in the model.</param>
    /// <param name="Name">Its name.</param>
    public sealed record FacetInfo(int Index, string Name);

    /// <summary>A reason to stop commands on an order, beside its states.</summary>
    /// <param name="Bit">Its bit in <see cref="OrderSnapshot.Holds"/>.</param>
    /// <param name="Code">Its code.</param>
    /// <param name="LocalName">Its name for people.</param>
    public sealed record HoldInfo(uint Bit, string Code, string LocalName);

    /// <summary>A way that a model has from one state to another; for diagrams and checks.</summary>
    /// <param name="From">The code of the state that it leaves.</param>
    /// <param name="To">The code of the state that it enters.</param>
    /// <param name="Trigger">The trigger.</param>
    /// <param name="Condition">The name of the branch's condition.</param>
    public sealed record Edge(int From, int To, string Trigger, string? Condition);

    /// <summary>How a kind of order is fulfilled, so that nothing waits for a milestone that never comes.</summary>
    /// <param name="Index">Its number in the model.</param>
    /// <param name="Code">Its code, such as <c>PARCEL</c>.</param>
    /// <param name="Initial">The states in which its orders begin.</param>
    /// <param name="Holds">The holds with which its orders begin, as bits.</param>
    /// <param name="Milestones">The state codes that its orders pass, in this order.</param>
    public sealed record ProfileInfo(int Index, string Code, StateCodes Initial, uint Holds, IReadOnlyList<int> Milestones);

    /// <summary>A state of a model.</summary>
    /// <param name="Code">The stable number; never used again for another meaning.</param>
    /// <param name="Name">The name for developers.</param>
    /// <param name="LocalName">The name for the people who work with it.</param>
    /// <param name="Facet">The facet's number.</param>
    /// <param name="Rank">How far along its facet it is; <see langword="null"/> for a detour or an end beside the way.</param>
    /// <param name="IsAnchor">Whether it is a milestone with evidence, never undone but by its own source.</param>
    /// <param name="IsEnd">Whether the facet may end in it.</param>
    /// <param name="IsResting">Whether an order may stay in it without a deadline.</param>
    /// <param name="Traits">Its traits.</param>
    /// <param name="Deadline">How long it may last.</param>
    public sealed record StateInfo(
        int Code,
        string Name,
        string LocalName,
        int Facet,
        int? Rank,
        bool IsAnchor,
        bool IsEnd,
        bool IsResting,
        IReadOnlyList<Trait> Traits,
        DeadlineInfo? Deadline)
    {
        /// <summary>Whether an order in it waits for something and so needs a deadline.</summary>
        public bool IsWaiting => !IsEnd && !IsResting;
    }

    /// <summary>A milestone that every timeline shows, as a gap where it is missing.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="LocalName">Its name for the people who work with it.</param>
    /// <param name="States">The states that prove it; empty for the creation of the order.</param>
    public sealed record TimelineNodeInfo(string Name, string LocalName, IReadOnlyList<int> States);

    /// <summary>A trigger of a model.</summary>
    /// <param name="Index">Its number in the model.</param>
    /// <param name="Name">Its name, as facts carry it.</param>
    /// <param name="Standing">The standing of facts that do not say another.</param>
    /// <param name="HomeFacet">The facet that it is about; -1 for one that only changes sums, holds or cases.</param>
    /// <param name="Lands">The state that it claims; 0 for none.</param>
    /// <param name="IsTimer">Whether only deadlines fire it.</param>
    /// <param name="IsCreation">Whether it creates orders.</param>
    /// <param name="Key">What each of its facts must bring to be known again; <see langword="null"/> where the content of a fact is enough.
    /// A trigger that moves money has one.</param>
    public sealed record TriggerInfo(
        int Index, string Name, FactStanding Standing, int HomeFacet, int Lands, bool IsTimer, bool IsCreation, TriggerKey? Key);

    /// <summary>What each fact of a trigger must bring, so that it is known again however often and by whichever path it is told.</summary>
    /// <param name="Number">The kind of number that <see cref="OrderFact.Evidence"/> holds; <see langword="null"/> where no number is
    /// enough, and each fact brings an <see cref="OrderFact.Id"/>.</param>
    public sealed record TriggerKey(ReferenceKind? Number)
    {
        internal bool IsIn(OrderFact fact) => fact.Id is { Length: > 0 } || (Number is not null && fact.Evidence is { Length: > 0 });
    }
}
