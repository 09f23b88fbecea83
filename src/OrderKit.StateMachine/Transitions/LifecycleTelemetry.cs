using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>Reports what was fired: figures with outcomes only, never a number of an order.</summary>
internal static partial class LifecycleTelemetry
{
    private static readonly Counter<long> Facts = OrderKitTelemetry.Meter.CreateCounter<long>(
        OrderKitTelemetry.FactsCounterName, "{fact}", "Facts decided.");

    private static readonly Counter<long> Conflicts = OrderKitTelemetry.Meter.CreateCounter<long>(
        OrderKitTelemetry.ConflictsCounterName, "{conflict}", "Lost races that were decided again.");

    private static readonly Histogram<double> Duration = OrderKitTelemetry.Meter.CreateHistogram<double>(
        OrderKitTelemetry.FireDurationName, "s", "Time of one call that fires facts.");

    public static long Start() => Duration.Enabled ? Stopwatch.GetTimestamp() : 0;

    public static void ReportConflict() => Conflicts.Add(1);

    public static void Report(FireResult[] results, long started, Activity? activity, ILogger logger)
    {
        if (started != 0)
        {
            Duration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        activity?.SetTag("orderkit.fact.count", results.Length);
        var countsFacts = Facts.Enabled;
        var logs = logger.IsEnabled(LogLevel.Warning);
        if (!countsFacts && !logs)
        {
            return;
        }

        foreach (var result in results)
        {
            if (countsFacts)
            {
                Facts.Add(1, new KeyValuePair<string, object?>(OrderKitTelemetry.OutcomeTag, result.Outcome));
            }

            switch (result)
            {
                case FireResult.Parked parked when logs:
                    LogParked(logger, parked.Reason);
                    break;
                case FireResult.Contradictory { OpenedCases: [var opened, ..] } contradiction when logs:
                    LogCase(logger, opened, contradiction.Order.Order);
                    break;
                case FireResult.Conflict conflict:
                    LogConflict(logger, conflict.Order.Order, conflict.Attempts);
                    break;
            }
        }
    }

    [LoggerMessage(1001, LogLevel.Information, "A fact was parked: {Reason}.")]
    private static partial void LogParked(ILogger logger, ParkReason reason);

    [LoggerMessage(1002, LogLevel.Information, "The case {Case} was opened for order {Order}.")]
    private static partial void LogCase(ILogger logger, string @case, OrderId order);

    [LoggerMessage(
        1003, LogLevel.Warning, "Order {Order} was decided {Attempts} times and another writer was always first; nothing was written.")]
    private static partial void LogConflict(ILogger logger, OrderId order, int attempts);
}
