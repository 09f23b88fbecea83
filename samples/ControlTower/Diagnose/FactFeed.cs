using OrderKit.Core;
using OrderKit.StateMachine;

namespace ControlTower.Diagnose;

/// <summary>Sends facts to the engine in sets and counts the outcomes.</summary>
internal sealed class FactFeed(OrderLifecycle lifecycle)
{
    private const int SetSize = 1_000;

    private readonly List<OrderFact> _set = new(SetSize);
    private readonly SortedDictionary<string, long> _outcomes = new(StringComparer.Ordinal);

    /// <summary>The number of facts that were sent.</summary>
    public long Facts { get; private set; }

    /// <summary>The number of rows about an order of an earlier row.</summary>
    public long DuplicateRows { get; private set; }

    /// <summary>The number of facts by outcome.</summary>
    public IReadOnlyDictionary<string, long> Outcomes => _outcomes;

    public async Task AddAsync(IEnumerable<OrderFact> facts, CancellationToken cancellationToken)
    {
        foreach (var fact in facts)
        {
            _set.Add(fact);
            if (_set.Count == SetSize)
            {
                await SendAsync(cancellationToken);
            }
        }
    }

    public async Task SendAsync(CancellationToken cancellationToken)
    {
        var results = await lifecycle.FireManyAsync(_set, cancellationToken);
        for (var i = 0; i < results.Count; i++)
        {
            var outcome = OutcomeOf(results[i]);
            _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
            DuplicateRows += _set[i].Trigger == OrderRow.Placed && results[i] is FireResult.Duplicate ? 1 : 0;
        }

        Facts += _set.Count;
        _set.Clear();
    }

    private static string OutcomeOf(FireResult result) => result switch
    {
        FireResult.Applied or FireResult.AlreadyApplied or FireResult.Late or FireResult.Early or FireResult.Contradictory
            or FireResult.Duplicate => result.Outcome,
        _ => throw new InvalidOperationException(
            $"The engine returned {result} for a fact. Nothing else writes to this store, so this is a defect."),
    };
}
