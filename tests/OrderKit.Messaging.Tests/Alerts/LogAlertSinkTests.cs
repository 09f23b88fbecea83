using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderKit.Core;

namespace OrderKit.Messaging.Tests;

public sealed class LogAlertSinkTests
{
    private static readonly Alert Told = new()
    {
        Id = "a1b2",
        Kind = AlertKinds.DeadLetter,
        Source = "outbox events",
        Reason = "TimeoutException",
        Count = 10_000,
        Subjects = ["m-1", "m-2"],
        FirstAt = new DateTimeOffset(2026, 2, 6, 4, 0, 0, TimeSpan.Zero), LastAt = new DateTimeOffset(2026, 2, 6, 4, 5, 0, TimeSpan.Zero),
    };

    [Fact]
    public async Task The_log_sink_writes_a_warning()
    {
        var log = new Lines();
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(log));
        services.AddOrderKit().UseInMemory().AddAlerts(alerts => alerts.ToLog().ToLog());
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<IAlertSink>().SendAsync(Told, CancellationToken.None);

        Assert.Single(provider.GetServices<IAlertSink>());
        const string Text = "Alert a1b2: 10,000 dead letters: TimeoutException (outbox events) "
            + "from 2026-02-06 04:00:00Z to 2026-02-06 04:05:00Z: m-1, m-2";
        Assert.Equal((LogLevel.Warning, 2401, Text), Assert.Single(log.Written));
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public List<(LogLevel Level, int Id, string Text)> Written { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add((logLevel, eventId.Id, formatter(state, exception)));

        public void Dispose()
        {
        }
    }
}
