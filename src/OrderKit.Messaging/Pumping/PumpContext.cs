using Microsoft.Extensions.Logging;
using OrderKit.Core;
using OrderKit.Messaging.Storage;

namespace OrderKit.Messaging;

/// <summary>What every pump needs beside its messages.</summary>
internal sealed partial class PumpContext(
    IDeadLetterStore letters, IDeliveryPauseStore pauses, IUnitOfWorkFactory units, TimeProvider? time, AlertNotices? notices,
    ILogger logger)
{
    public IDeadLetterStore Letters { get; } = letters ?? throw new ArgumentNullException(nameof(letters));

    public AlertNotices Notices { get; } = notices ?? AlertNotices.None;

    public IDeliveryPauseStore Pauses { get; } = pauses ?? throw new ArgumentNullException(nameof(pauses));

    public IUnitOfWorkFactory Units { get; } = units ?? throw new ArgumentNullException(nameof(units));

    public TimeProvider Time { get; } = time ?? TimeProvider.System;

    public ILogger Logger => logger;

    /// <summary>Acts with a service of the host in a scope of its own. Returns why that failed.</summary>
    /// <remarks>The scope is disposed after the service has ended, also if the service goes on although it was cancelled.</remarks>
    public async Task<Exception?> ActAsync<T>(ScopedService<T> service, Func<T, Task<Exception?>> act)
        where T : class
    {
        ScopedService<T>.Lease scope;
        try
        {
            scope = service.Open();
        }
        catch (Exception e)
        {
            return e;
        }

        Exception? failure = null;
        try
        {
            return failure = await act(scope.Service).ConfigureAwait(false);
        }
        finally
        {
            if (failure is HandlerTimeoutException { Running: { } running })
                _ = running.ContinueWith(_ => DisposeAsync(scope), TaskScheduler.Default);
            else
                await DisposeAsync(scope).ConfigureAwait(false);
        }
    }

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
        catch (TimeoutException)
        {
            if (running.IsCompleted)
            {
                // It ended in the instant of the limit, or threw this exception itself.
                await running.ConfigureAwait(false);
                return;
            }

            await ending.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(running, Task.Delay(options.Grace, Time, CancellationToken.None)).ConfigureAwait(false);
            _ = running.ContinueWith(static late => late.Exception, TaskScheduler.Default);
            throw new HandlerTimeoutException(limit, running.IsCompleted ? null : running);
        }
    }

    // A failure changes nothing about what was committed or delivered.
    private async Task DisposeAsync<T>(ScopedService<T>.Lease scope)
        where T : class
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
