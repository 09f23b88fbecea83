using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrderKit.Sql.Tests;

/// <summary>Who chose speed over what survives a loss of power is told so once, at the start.</summary>
public abstract class DurabilityTests
{
    [Fact]
    public async Task A_store_that_waits_for_the_disk_says_nothing() => Assert.Empty(await WarningsAsync(weak: false));

    [Fact]
    public async Task A_store_that_does_not_wait_for_the_disk_says_which_setting_it_is() =>
        Assert.Contains(Setting, Assert.Single(await WarningsAsync(weak: true)), StringComparison.OrdinalIgnoreCase);

    protected abstract string Setting { get; }

    /// <summary>Registers the store, durable or not.</summary>
    protected abstract void Register(IServiceCollection services, bool weak);

    private async Task<IReadOnlyList<string>> WarningsAsync(bool weak)
    {
        var services = new ServiceCollection();
        var heard = new Hearing();
        services.AddLogging(logging => logging.AddProvider(heard));
        Register(services, weak);
        await using var provider = services.BuildServiceProvider();
        await provider.GetServices<IHostedService>().Single(service => service.GetType().Name == "DurabilityCheck").StartAsync(CancellationToken.None);

        return heard.Warnings;
    }

    private sealed class Hearing : ILoggerProvider, ILogger
    {
        public List<string> Warnings { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Warning)
            {
                Warnings.Add(formatter(state, exception));
            }
        }

        public void Dispose()
        {
        }
    }
}
