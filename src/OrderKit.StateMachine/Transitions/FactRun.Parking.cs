using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <content>Facts that wait: keeping them, and applying them when what they wait for is known.</content>
internal sealed partial class FactRun
{
    private ValueTask ParkAsync(List<Target> targets) =>
        targets.Exists(static t => t.Parked is not null)
            ? ParkAsync([.. targets.Where(static t => t.Parked is not null).Select(static t => t.Parked!)])
            : default;

    /// <summary>Parks facts, and looks again whether what they wait for has come meanwhile.</summary>
    private async ValueTask ParkAsync(IReadOnlyList<ParkedFact> parked)
    {
        BeginWriting();
        await store.ParkAsync(unit, parked, _cancellation).ConfigureAwait(false);

        // From here on, whoever makes one of these numbers known waits for us. Whoever was first did not see our facts wait.
        var numbers = parked.Where(p => p.Reason == ParkReason.UnknownNumber).Select(p => p.Number).Distinct().ToList();
        if (numbers.Count > 0)
        {
            var found = await store.ResolveAsync(unit, numbers, _cancellation).ConfigureAwait(false);
            _missed.AddRange(numbers.Where((_, i) => found[i].Count > 0));
        }

        var orders = parked.Where(p => p.Reason == ParkReason.UnknownOrder).Select(p => p.Number).Distinct().ToList();
        if (orders.Count > 0)
        {
            var lookups = orders.Select(n => new OrderLookup(new OrderKey(n.Tenant, OrderId.Parse(n.Value)), OwnSource, string.Empty, null))
                .ToList();
            var found = await store.LoadAsync(unit, lookups, _cancellation).ConfigureAwait(false);
            _missed.AddRange(orders.Where((_, i) => found[i].Order is not null));
        }
    }

    /// <summary>Keeps a fact or a report; a command is told why it came to nothing.</summary>
    private FireResult Keep(Target target, OrderModel? model, OrderReference number, ParkReason reason, string detail)
    {
        var fact = target.Fact;
        if (StandingOf(fact, model) == FactStanding.Command)
        {
            return new FireResult.Unresolved(reason, number, detail);
        }

        target.Parked = new ParkedFact(number, fact, reason, target.Since);
        return new FireResult.Parked(reason, number, detail);
    }

    /// <summary>Applies what waited for numbers that are known now, and what waited for that in turn.</summary>
    private async ValueTask ApplyWaitingAsync(List<OrderReference> known)
    {
        AddMissed(known);
        for (var round = 0; known.Count > 0 && round < MaxRounds; round++)
        {
            var parked = await store.TakeParkedAsync(unit, known, _cancellation).ConfigureAwait(false);
            known = [];
            if (parked.Count > 0)
            {
                await ApplyParkedAsync(parked, known).ConfigureAwait(false);
            }

            AddMissed(known);
        }

        void AddMissed(List<OrderReference> numbers)
        {
            numbers.AddRange(_missed);
            _missed.Clear();
        }
    }

    private async ValueTask<List<Target>> ApplyParkedAsync(IReadOnlyList<ParkedFact> parked, List<OrderReference> known)
    {
        var targets = await ResolveAsync([.. parked.Select(p => p.Fact)], parked).ConfigureAwait(false);

        // Also in a joined unit: each attempt loads anew, and nobody else would take these facts up again.
        await DecideAllAsync(targets, known, options.MaxAttempts).ConfigureAwait(false);

        // What lost the race even so waits on, rather than being lost with it.
        var lost = targets.Where(t => t.Result is FireResult.Conflict).Select(t => t.Index).Distinct().Select(i => parked[i]).ToList();
        if (lost.Count > 0)
        {
            await store.ParkAsync(unit, lost, _cancellation).ConfigureAwait(false);
        }

        return targets;
    }
}
