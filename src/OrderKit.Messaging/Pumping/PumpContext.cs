using Microsoft.Extensions.Logging;
using OrderKit.Core;
using OrderKit.Messaging.Storage;

namespace OrderKit.Messaging;

/// <summary>What every pump needs beside its messages.</summary>
internal sealed partial class PumpContext(
    IDeadLetterStore letters, IDeliveryPauseStore pauses, IUnitOfWorkFactory units, Func<double> jitter, TimeProvider? time, AlertNotices? notices)
{
    public IDeadLetterStore Letters { get; } = letters ?? throw new ArgumentNullException(nameof(letters));

    public AlertNotices Notices { get; } = notices ?? AlertNotices.None;

    public IDeliveryPauseStore Pauses { get; } = pauses ?? throw new ArgumentNullException(nameof(pauses));

    public IUnitOfWorkFactory Units { get; } = units ?? throw new ArgumentNullException(nameof(units));

    public Func<double> Jitter => jitter;

    public TimeProvider Time { get; } = time ?? TimeProvider.System;

    /// <summary>Runs a sink or handler; it is cancelled after a limit, and given up if it does not stop then.</summary>
    /// <exception cref="HandlerTimeoutException">It did not return in time.</exception>
    /// <remarks>It runs on a thread of its own, so that the limit also holds for one that blocks its thread.</remarks>
    public async Task RunAsync(Func<CancellationToken, Task> run, PumpOptions options, CancellationToken cancellationToken)
    {
        var limit = options.HandlerTimeout;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var token = ending.Token;
        var running = Task.Run(() => run(token), CancellationToken.None);
        try
        {
            await running.WaitAsync(limit, Time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!running.IsCompleted)
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(running, Task.Delay(options.Grace, Time, CancellationToken.None)).ConfigureAwait(false);
            _ = running.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw new HandlerTimeoutException(limit, running.IsCompleted ? null : running);
        }
    }

    /// <summary>Disposes the scope of a sink or handler: after it has ended, also if it goes on although it was cancelled.</summary>
    /// <remarks>A failure of that is logged: it changes nothing about what was committed or delivered.</remarks>
    public static async ValueTask EndAsync(IAsyncDisposable scope, Exception? failure, ILogger logger)
    {
        if (failure is HandlerTimeoutException { Running: { } running })
        {
            _ = running.ContinueWith(_ => DisposeAsync(scope, logger), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return;
        }

        await DisposeAsync(scope, logger).ConfigureAwait(false);
    }

    private static async Task DisposeAsync(IAsyncDisposable scope, ILogger logger)
    {
        try
        {
            await scope.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogNotDisposed(logger, e);
        }
    }

    [LoggerMessage(2010, LogLevel.Warning, "The scope of a handler or sink could not be disposed.")]
    private static partial void LogNotDisposed(ILogger logger, Exception exception);
}
