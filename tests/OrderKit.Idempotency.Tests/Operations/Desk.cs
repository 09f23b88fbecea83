using OrderKit.Core.Storage;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency.Tests.Operations;

/// <summary>Operations in memory under a clock that stands still until it is moved.</summary>
internal sealed class Desk : IDisposable
{
    public static readonly OperationKey Refund = OperationKey.Of("refund", "R20260206-1");
    public static readonly Fingerprint Asked = Fingerprint.Of(("amount", 19_900));

    public Desk()
    {
        Clock = new FakeTimeProvider(new DateTimeOffset(2026, 2, 6, 4, 0, 0, TimeSpan.Zero));
        Database = new InMemoryDatabase(Clock) { WaitLimit = TimeSpan.FromSeconds(5) };
        Store = new InMemoryOperationStore(Database);
        Service = new Idempotency.Operations(Store, Database, Clock);
    }

    public FakeTimeProvider Clock { get; }

    public InMemoryDatabase Database { get; }

    public InMemoryOperationStore Store { get; }

    public Idempotency.Operations Service { get; }

    /// <summary>How often the effect happened.</summary>
    public int Effects { get; private set; }

    public Task<string> PayAsync()
    {
        Effects++;
        return Task.FromResult($"paid {Effects}");
    }

    public Task<OperationOutcome<string>> JoinAsync(OperationKey? key = null, Fingerprint? asked = null, OperationPolicy? policy = null) =>
        Service.RunAsync(key ?? Refund, asked ?? Asked, ResultCodec.Text, (_, _) => PayAsync(), policy);

    public Task<OperationOutcome<string>> LeaseAsync(Func<LeasedOperation, CancellationToken, Task<string>>? effect = null, OperationPolicy? policy = null, Fingerprint? asked = null) =>
        Service.RunLeasedAsync(Refund, asked ?? Asked, ResultCodec.Text, effect ?? ((_, _) => PayAsync()), policy);

    public async Task<OperationState?> StateAsync() => (await Store.FindAsync(Refund))?.State;

    public void Dispose() => Database.Dispose();
}
