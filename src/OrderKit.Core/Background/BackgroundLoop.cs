using Microsoft.Extensions.Logging;
using OrderKit.Core.Storage;

namespace OrderKit.Core;

/// <summary>Repeats a step until the host stops: when it is woken, and at an interval.</summary>
/// <param name="name">The name of the loop in logs, such as <c>outbox</c>.</param>
/// <param name="interval">How long to wait after a step that nothing wakes, and after a step that failed.</param>
/// <param name="step">The step.</param>
/// <param name="wakeUp">Ends the wait early; <see langword="null"/> if only the interval does.</param>
public sealed partial class BackgroundLoop(string name, TimeSpan interval, Func<CancellationToken, Task> step, WakeUp? wakeUp = null)
{
    private static readonly Task Never = new TaskCompletionSource().Task;

    /// <summary>Runs the loop until the token is cancelled, and then returns without an exception.</summary>
    /// <remarks>A failed step is logged, and the loop continues after the interval.</remarks>
    internal async Task RunAsync(TimeProvider timeProvider, ILogger logger, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            // Taken before the step, so that a signal during the step is not lost.
            var woken = wakeUp?.Next ?? Never;
            try
            {
                await step(stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogFailed(logger, e, name, interval);
                woken = Never;
            }

            await woken.WaitAsync(interval, timeProvider, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The background loop '{Loop}' failed; it runs again in {Interval}.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string loop, TimeSpan interval);
}
