using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Repeats something in the background of a host: when it is woken, and now and then.</summary>
internal static class Sweeps
{
    /// <summary>For what nobody tells of.</summary>
    public static readonly WakeUp NeverTold = new();

    /// <param name="act">What is repeated.</param>
    /// <param name="wakeUp">Ends the wait.</param>
    /// <param name="interval">Ends the wait as well; after a failure nothing else does.</param>
    /// <param name="timeProvider">Measures the interval.</param>
    /// <param name="failed">Hears of a failure; it goes on after it.</param>
    /// <param name="stoppingToken">Ends it.</param>
    public static async Task RepeatAsync(
        Func<CancellationToken, Task> act, WakeUp wakeUp, TimeSpan interval, TimeProvider timeProvider, Action<Exception> failed, CancellationToken stoppingToken)
    {
        while (true)
        {
            var woken = wakeUp.Next;
            try
            {
                await act(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                failed(e);
                woken = Task.Delay(interval, timeProvider, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                // Told to stop: a host that did not get as far as starting would report anything else as a failure.
                return;
            }

            await woken.WaitAsync(interval, timeProvider, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }
}
