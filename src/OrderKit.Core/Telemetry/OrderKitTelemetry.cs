using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace OrderKit.Core;

/// <summary>The names of OrderKit's metrics and traces. They are part of the API.</summary>
public static class OrderKitTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string SourceName = "OrderKit";

    /// <summary>Counts decided facts, <c>{fact}</c>, by <c>orderkit.outcome</c>.</summary>
    public const string FactsCounterName = "orderkit.facts";

    /// <summary>The duration of a call that fires facts, in seconds.</summary>
    public const string FireDurationName = "orderkit.fire.duration";

    /// <summary>Counts conflicts: another writer was first, <c>{conflict}</c>.</summary>
    public const string ConflictsCounterName = "orderkit.conflicts";

    /// <summary>Counts deadlines that passed, <c>{deadline}</c>, by <c>orderkit.outcome</c>.</summary>
    public const string DeadlinesCounterName = "orderkit.deadlines";

    /// <summary>Counts deliveries of the outbox, <c>{message}</c>, by <c>orderkit.outcome</c>.</summary>
    public const string DeliveriesCounterName = "orderkit.outbox.deliveries";

    /// <summary>Counts messages of the inbox that were handled, <c>{message}</c>, by <c>orderkit.outcome</c>.</summary>
    public const string HandledCounterName = "orderkit.inbox.handled";

    /// <summary>Counts messages received by a transport, <c>{message}</c>, by <c>orderkit.outcome</c>.</summary>
    public const string ReceivedCounterName = "orderkit.transport.received";

    /// <summary>Counts sealed journal rows, <c>{row}</c>.</summary>
    public const string SealedCounterName = "orderkit.journal.sealed";

    /// <summary>The number of journal rows that are not sealed yet, <c>{row}</c>, counted up to 10,001.</summary>
    public const string UnsealedGaugeName = "orderkit.journal.unsealed";

    /// <summary>Counts orders that were checked for an earlier one, <c>{order}</c>, by <c>orderkit.outcome</c>.</summary>
    public const string DuplicateChecksCounterName = "orderkit.duplicates.checks";

    /// <summary>Counts effects of grouped operations that took longer than their budget, <c>{effect}</c>.</summary>
    public const string SlowEffectsCounterName = "orderkit.groups.slow_effects";

    /// <summary>Counts requests to endpoints that take an <c>Idempotency-Key</c>, <c>{request}</c>, by <c>orderkit.outcome</c>.</summary>
    public const string KeyedRequestsCounterName = "orderkit.http.keyed_requests";

    /// <summary>Counts notices and alerts, <c>{alert}</c>, by <c>orderkit.outcome</c>.</summary>
    public const string AlertsCounterName = "orderkit.alerts";

    /// <summary>The tag of the outcome.</summary>
    public const string OutcomeTag = "orderkit.outcome";

    /// <summary>The activity source of all packages.</summary>
    public static ActivitySource ActivitySource { get; } = new(SourceName);

    /// <summary>The meter of all packages.</summary>
    public static Meter Meter { get; } = new(SourceName);
}
