using Microsoft.Extensions.Hosting;
using OrderKit.Core.Storage;

namespace OrderKit.Core;

/// <summary>Stops the start of a host without a store, because nothing may be kept in memory silently.</summary>
internal sealed class StoreChoiceCheck(StoreChoice? choice = null) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => choice is null
        ? throw new InvalidOperationException(StoreChoice.Missing)
        : Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
