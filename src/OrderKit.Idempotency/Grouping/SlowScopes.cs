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

    private readonly ConcurrentDictionary<string, long> _since = new(StringComparer.Ordinal);

    public bool Contains(string scope)
    {
        if (!_since.TryGetValue(scope, out var since))
        {
            return false;
        }

        if (time.GetElapsedTime(since) < options.SlowEffectPause)
        {
            return true;
        }

        _since.TryRemove(KeyValuePair.Create(scope, since));
        return false;
    }

    public long Start() => time.GetTimestamp();

    /// <summary>Records how long an effect took that began at a timestamp.</summary>
    public void Note(string scope, long started)
    {
        var elapsed = time.GetElapsedTime(started);
        if (elapsed > options.SlowEffectBudget)
        {
            SlowEffects.Add(1);
            _since[scope] = time.GetTimestamp();
            LogSlow(logger, scope, elapsed, options.SlowEffectBudget, options.SlowEffectPause);
        }
    }

    [LoggerMessage(
        3004, LogLevel.Warning,
        "An effect of '{Scope}' kept its group waiting for {Elapsed}, and its budget is {Budget}. "
        + "For {Pause} each of its kind has a transaction of its own.")]
    private static partial void LogSlow(ILogger logger, string scope, TimeSpan elapsed, TimeSpan budget, TimeSpan pause);
}
