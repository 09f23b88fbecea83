using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace OrderKit.Idempotency;

/// <summary>The current rules. They follow the settings; an invalid change leaves the last valid rules in force.</summary>
/// <remarks>Safe for concurrent use by several threads.</remarks>
public sealed partial class DuplicateRules
{
    private readonly IOptionsMonitor<DuplicateOrderOptions>? _options;
    private readonly ILogger _logger;
    private DuplicateRuleSet _last;
    private string? _fault;

    /// <summary>Creates the rules from settings.</summary>
    /// <param name="options">The settings; <see langword="null"/> for the defaults.</param>
    /// <param name="logger">Receives errors about invalid changes.</param>
    /// <exception cref="OptionsValidationException">The initial settings are invalid.</exception>
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
                // Logged once for each fault, because this property is read for every order.
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

    [LoggerMessage(3201, LogLevel.Error, "The changed settings of duplicate orders are invalid. The last valid settings stay in force.")]
    private static partial void LogFaulty(ILogger logger, Exception exception);
}
