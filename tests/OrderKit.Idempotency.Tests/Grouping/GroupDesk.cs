using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency.Tests.Grouping;

/// <summary>Grouped operations in memory under a clock that stands still, and what their effects wrote.</summary>
internal sealed class GroupDesk : IUnitOfWorkFactory, ILogger<GroupedOperations>, IAsyncDisposable
{
    public static readonly Fingerprint Asked = Fingerprint.Of(("amount", 19_900));

    public GroupDesk(GroupedOperationsOptions? options = null)
    {
        Database = new InMemoryDatabase(Clock) { WaitLimit = TimeSpan.FromSeconds(30) };
        Store = new InMemoryOperationStore(Database);
        Service = new GroupedOperations(Store, this, Options.Create(options ?? new GroupedOperationsOptions()), Clock, this);
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 2, 6, 4, 0, 0, TimeSpan.Zero));

    public InMemoryDatabase Database { get; }

    public InMemoryOperationStore Store { get; }

    public GroupedOperations Service { get; }

    /// <summary>What effects wrote, and rolled back when their unit was.</summary>
    public List<string> Rows { get; } = [];

    /// <summary>How often effects acted.</summary>
    public List<string> Acts { get; } = [];

    public List<string> Warnings { get; } = [];

    /// <summary>How many units of work were begun.</summary>
    public int Units { get; private set; }

    /// <summary>What the beginning of a unit throws.</summary>
    public Exception? Outage { get; set; }

    public static OperationKey Key(string id, string scope = "coupon") => OperationKey.Of(scope, id);

    public Task<OperationOutcome<string>> RunAsync(
        string id, Fingerprint? asked = null, OperationPolicy? policy = null, ResultCodec<string>? codec = null, Action? then = null, string scope = "coupon", CancellationToken cancellationToken = default) =>
        Service.RunAsync(
            Key(id, scope), asked ?? Asked, codec ?? ResultCodec.Text,
            (operation, _) =>
            {
                Write(operation.UnitOfWork, id);
                then?.Invoke();
                return Task.FromResult("granted " + id);
            },
            policy, cancellationToken);

    /// <summary>Keeps the writer busy with an operation while requests are made, so that all of them are gathered in one set.</summary>
    public async Task<T> TogetherAsync<T>(Func<T> request)
    {
        var (begun, ends) = (NewGate(), NewGate());
        var holder = Service.RunAsync(Key($"holder {Units}", "holder"), Asked, ResultCodec.None, async (_, _) =>
        {
            begun.SetResult();
            await ends.Task;
            return true;
        });
        await begun.Task;
        var requests = request();
        ends.SetResult();
        await holder;
        return requests;
    }

    public async ValueTask<UnitOfWork> BeginAsync(CancellationToken cancellationToken = default)
    {
        Units++;
        return Outage is { } outage ? throw outage : await Database.BeginAsync(cancellationToken);
    }

    public async Task<OperationState?> StateAsync(string id) => (await Store.FindAsync(Key(id)))?.State;

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        Database.Dispose();
    }

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

    private static TaskCompletionSource NewGate() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Write(UnitOfWork unit, string id)
    {
        Acts.Add(id);
        Rows.Add(id);
        Database.Require(unit).OnRollback(() => Rows.Remove(id));
    }
}
