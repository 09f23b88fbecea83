using Microsoft.Extensions.Hosting;
using OrderKit.Core.Storage;

namespace OrderKit.Core;

/// <summary>Fails the start of a host that chose no store: nothing is kept in memory silently.</summary>
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
