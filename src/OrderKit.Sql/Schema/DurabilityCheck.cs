using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace OrderKit.Sql;

/// <summary>Says at the start where a loss of power may forget what callers were told is done.</summary>
/// <remarks>A claim that is forgotten after the money was moved moves it again, so whoever chose speed over that should read it once.</remarks>
internal sealed partial class DurabilityCheck(SqlDatabase database, ILogger<DurabilityCheck>? logger) : IHostedService
{
    private readonly ILogger _logger = logger ?? NullLogger<DurabilityCheck>.Instance;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await database.FindWeaknessAsync(cancellationToken).ConfigureAwait(false) is { } weakness)
            {
                LogWeak(_logger, weakness);
            }
        }
        catch (DbException)
        {
            // A database that is not there yet keeps no host from starting; the first call to it says so.
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(5001, LogLevel.Warning, "A loss of power may forget the last commits, and with them the claims of operations whose effects lie outside the database: {Weakness}")]
    private static partial void LogWeak(ILogger logger, string weakness);
}
