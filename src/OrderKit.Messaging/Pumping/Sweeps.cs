using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Repeats something in the background of a host: when it is woken, and now and then.</summary>
internal static class Sweeps
{
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

            await woken.WaitAsync(interval, timeProvider, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stoppingToken.ThrowIfCancellationRequested();
        }
    }
}
