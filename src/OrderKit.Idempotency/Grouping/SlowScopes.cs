using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>The kinds of business whose effects delay the others of their group.</summary>
internal sealed partial class SlowScopes(GroupedOperationsOptions options, TimeProvider time, ILogger logger)
{
    private static readonly Counter<long> SlowEffects = OrderKitTelemetry.Meter.CreateCounter<long>(
        OrderKitTelemetry.SlowEffectsCounterName, "{effect}", "Effects in groups that took longer than their budget.");

    // One slow call may have met a pause of the machine. Two in a row did not.
    private const int Enough = 2;

    private readonly ConcurrentDictionary<string, (int InARow, long Last)> _slow = new(StringComparer.Ordinal);

    /// <summary>Whether the members of a scope are written alone.</summary>
    public bool Contains(string scope)
    {
        if (!_slow.TryGetValue(scope, out var slow) || slow.InARow < Enough)
        {
            return false;
        }

        if (time.GetElapsedTime(slow.Last) < options.SlowEffectPause)
        {
            return true;
        }

        _slow.TryRemove(KeyValuePair.Create(scope, slow));
        return false;
    }

    /// <summary>Records how long an effect took.</summary>
    public void Note(string scope, TimeSpan elapsed)
    {
        if (elapsed <= options.SlowEffectBudget)
        {
            _slow.TryRemove(scope, out _);
            return;
        }

        SlowEffects.Add(1);
        var now = time.GetTimestamp();
        if (_slow.AddOrUpdate(scope, _ => (1, now), (_, before) => (before.InARow + 1, now)).InARow >= Enough)
        {
            LogSlow(logger, scope, elapsed, options.SlowEffectBudget, options.SlowEffectPause);
        }
    }

    [LoggerMessage(
        3004, LogLevel.Warning,
        "An effect of '{Scope}' kept its group waiting for {Elapsed}, like the one before it, and the budget is {Budget}. "
        + "For {Pause} each of its kind has a transaction of its own.")]
    private static partial void LogSlow(ILogger logger, string scope, TimeSpan elapsed, TimeSpan budget, TimeSpan pause);
}
