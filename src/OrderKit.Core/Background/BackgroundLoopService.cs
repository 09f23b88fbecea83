using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrderKit.Core;

/// <summary>Runs the loops of one worker in the background of a host.</summary>
/// <typeparam name="TWorker">The worker; a host has one service for each.</typeparam>
/// <remarks>The loops are made when the host starts: by then the options are validated and a store is known to exist.</remarks>
internal sealed class BackgroundLoopService<TWorker>(
    Func<IEnumerable<BackgroundLoop>> makeLoops, TimeProvider timeProvider, ILogger<BackgroundLoop> logger) : BackgroundService
{
    private BackgroundLoop[] _loops = [];

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _loops = [.. makeLoops()];
        return base.StartAsync(cancellationToken);
    }

    // Each loop on a thread of its own: a step on a synchronous driver returns only when it is done.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_loops.Select(loop => Task.Run(() => loop.RunAsync(timeProvider, logger, stoppingToken), CancellationToken.None)));
}
