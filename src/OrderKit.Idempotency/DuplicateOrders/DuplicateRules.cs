using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace OrderKit.Idempotency;

/// <summary>The rules of now: they follow the settings, and a faulty change leaves the last good ones in force.</summary>
/// <remarks>Safe for several threads.</remarks>
public sealed partial class DuplicateRules
{
    private readonly IOptionsMonitor<DuplicateOrderOptions>? _options;
    private readonly ILogger _logger;
    private DuplicateRuleSet _last;
    private string? _fault;

    /// <summary>Follows the settings.</summary>
    /// <param name="options">The settings; without them the defaults.</param>
    /// <param name="logger">Hears of faulty changes.</param>
    /// <exception cref="OptionsValidationException">The settings are faulty from the beginning.</exception>
    public DuplicateRules(IOptionsMonitor<DuplicateOrderOptions>? options = null, ILogger<DuplicateRules>? logger = null)
    {
        _options = options;
        _logger = logger ?? NullLogger<DuplicateRules>.Instance;
        _last = new DuplicateRuleSet(options?.CurrentValue ?? new DuplicateOrderOptions());
    }

    internal DuplicateRuleSet Current
    {
        get
        {
            var last = Volatile.Read(ref _last);
            if (_options is null)
            {
                return last;
            }

            DuplicateOrderOptions options;
            try
            {
                options = _options.CurrentValue;
            }
            catch (OptionsValidationException exception)
            {
                // Said once for each fault: this is asked for every order.
                if (Interlocked.Exchange(ref _fault, exception.Message) != exception.Message)
                {
                    LogFaulty(_logger, exception);
                }

                return last;
            }

            if (!ReferenceEquals(options, last.Source))
            {
                Volatile.Write(ref _fault, null);
                Volatile.Write(ref _last, last = new DuplicateRuleSet(options));
            }

            return last;
        }
    }

    [LoggerMessage(3201, LogLevel.Error, "The changed settings of duplicate orders are faulty; the last good ones stay in force.")]
    private static partial void LogFaulty(ILogger logger, Exception exception);
}
