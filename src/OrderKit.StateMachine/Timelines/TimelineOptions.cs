namespace OrderKit.StateMachine;

/// <summary>How timelines are made.</summary>
public sealed class TimelineOptions
{
    private string? _logLink;

    /// <summary>
    /// The address of the log of an entry, such as <c>https://logs.example/{traceId}</c>. It may name <c>{traceId}</c>, <c>{source}</c>,
    /// <c>{order}</c> and <c>{version}</c>; what they stand for is encoded. An entry without a trace has no link if the address names it.
    /// </summary>
    /// <exception cref="ArgumentException">It is neither http, https nor a path on the same host.</exception>
    public string? LogLink
    {
        get => _logLink;
        set
        {
            // The link ends up in pages that people click in: a script must not.
            var isAddress = value is null || value.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
                || value.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
                || (value.StartsWith('/') && !value.StartsWith("//", StringComparison.Ordinal));
            _logLink = isAddress
                ? value
                : throw new ArgumentException($"The log link '{value}' must begin with https://, http:// or a single /.", nameof(value));
        }
    }

    /// <summary>Up to when present states and deadlines are told; the last entry's time where it is missing.</summary>
    public DateTimeOffset? AsOf { get; set; }

    /// <summary>How far ahead of ours a source's clock may be.</summary>
    /// <value>5 minutes.</value>
    public TimeSpan ClockTolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>By how much a source's time may lie before that of a milestone which precedes it: sources cut to seconds.</summary>
    /// <value>1 second.</value>
    public TimeSpan OrderTolerance { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long after happening a fact counts as late.</summary>
    /// <value>1 hour.</value>
    public TimeSpan LateAfter { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long after happening a fact is too old to be true.</summary>
    /// <value>365 days.</value>
    public TimeSpan OldAfter { get; set; } = TimeSpan.FromDays(365);

    /// <summary>In which offset from UTC people read its times.</summary>
    /// <value>Zero.</value>
    public TimeSpan UtcOffset { get; set; }

    /// <summary>The words in which it is told.</summary>
    /// <value><see cref="TimelineWords.English"/>.</value>
    public TimelineWords Words { get; set; } = TimelineWords.English;
}
