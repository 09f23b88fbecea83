using Microsoft.Extensions.Logging;

namespace OrderKit.AspNetCore.Tests;

/// <summary>What was logged, exceptions included.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly List<(int Id, string Text)> _lines = [];

    public IReadOnlyList<int> Ids => [.. Lines().Select(static line => line.Id)];

    public string Text => string.Join('\n', Lines().Select(static line => line.Text));

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lines)
        {
            _lines.Add((eventId.Id, $"{formatter(state, exception)} {exception}"));
        }
    }

    public void Dispose()
    {
    }

    private (int Id, string Text)[] Lines()
    {
        lock (_lines)
        {
            return [.. _lines];
        }
    }
}
