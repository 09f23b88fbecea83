using OrderKit.Core;
using OrderKit.Messaging.Storage;

namespace OrderKit.Messaging;

/// <summary>What every pump needs beside its messages.</summary>
internal sealed class PumpContext(
    IDeadLetterStore letters, IDeliveryPauseStore pauses, IUnitOfWorkFactory units, Func<double> jitter, TimeProvider? time, AlertNotices? notices)
{
    // For a handler that was cancelled, so that it can roll back.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public IDeadLetterStore Letters { get; } = letters ?? throw new ArgumentNullException(nameof(letters));

    public AlertNotices Notices { get; } = notices ?? AlertNotices.None;

    public IDeliveryPauseStore Pauses { get; } = pauses ?? throw new ArgumentNullException(nameof(pauses));

    public IUnitOfWorkFactory Units { get; } = units ?? throw new ArgumentNullException(nameof(units));

    public Func<double> Jitter => jitter;

    public TimeProvider Time { get; } = time ?? TimeProvider.System;

    /// <summary>Runs a sink or handler; it is cancelled after a limit, and given up if it does not stop then.</summary>
    /// <exception cref="HandlerTimeoutException">It did not return in time.</exception>
    public async Task RunAsync(Func<CancellationToken, Task> run, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = run(ending.Token);
        if (running.IsCompletedSuccessfully)
        {
            return;
        }

        try
        {
            await running.WaitAsync(limit, Time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!running.IsCompleted)
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(running, Task.Delay(Grace, Time, CancellationToken.None)).ConfigureAwait(false);
            _ = running.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw new HandlerTimeoutException(limit, running.IsCompleted ? null : running);
        }
    }

    /// <summary>Disposes the scope of a sink or handler: after it has ended, also if it goes on although it was cancelled.</summary>
    public static async ValueTask EndAsync(IAsyncDisposable scope, Exception? failure)
    {
        if (failure is HandlerTimeoutException { Running: { } running })
        {
            _ = running.ContinueWith(_ => scope.DisposeAsync().AsTask(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return;
        }

        await scope.DisposeAsync().ConfigureAwait(false);
    }
}
