using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace OrderKit.Sql;

/// <summary>Warns at start if a power failure may undo commits that callers already know of.</summary>
/// <remarks>
/// If a claim is lost after its payment was made, the payment is made again. The log warns once at start if the host prefers speed.
/// </remarks>
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
            // An unreachable database does not prevent the start. The first call to it reports the error.
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(
        5001,
        LogLevel.Warning,
        "A power failure may undo the last commits, including claims of operations whose effects are outside the database: {Weakness}")]
    private static partial void LogWeak(ILogger logger, string weakness);
}
