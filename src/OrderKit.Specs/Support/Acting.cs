using OrderKit.Core;

namespace OrderKit.Specs;

/// <summary>Common actions of the cases, each in its own unit of work.</summary>
internal static class Acting
{
    public static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static async Task<T> InUnitAsync<T>(this IStoreActor store, Func<UnitOfWork, ValueTask<T>> act, bool commit = true)
    {
        await using var unit = await store.Units.BeginAsync();
        var result = await act(unit);
        if (commit)
            await unit.CommitAsync();
        return result;
    }

    public static Task InUnitAsync(this IStoreActor store, Func<UnitOfWork, ValueTask> act, bool commit = true) =>
        store.InUnitAsync(async unit =>
        {
            await act(unit);
            return true;
        }, commit);

    public static Task<IReadOnlyList<long>> SaveAllAsync(this IStoreActor store, params OrderChange[] changes) =>
        store.InUnitAsync(unit => store.Orders.SaveAsync(unit, changes));

    public static async Task<long> SaveAsync(this IStoreActor store, OrderChange change) => (await store.SaveAllAsync(change))[0];

    public static async Task<OrderFinding> LoadAsync(
        this IStoreActor store, OrderKey key, string factId = "no such fact", string source = Sample.Source, string? revokes = null) =>
        (await store.InUnitAsync(unit => store.Orders.LoadAsync(unit, [new OrderLookup(key, source, factId, revokes)])))[0];

    public static async Task<IReadOnlyList<OrderKey>> ResolveAsync(this IStoreActor store, OrderReference number) =>
        (await store.InUnitAsync(unit => store.Orders.ResolveAsync(unit, [number])))[0];

    public static Task ParkAsync(this IStoreActor store, params ParkedFact[] facts) =>
        store.InUnitAsync(unit => store.Orders.ParkAsync(unit, facts));

    public static Task<IReadOnlyList<ParkedFact>> TakeParkedAsync(this IStoreActor store, params OrderReference[] numbers) =>
        store.InUnitAsync(unit => store.Orders.TakeParkedAsync(unit, numbers));

    public static Task<long> WriteAsync(this IStoreUnderTest store, params OutboxMessage[] messages) =>
        store.WriteAsync("messages", messages);

    public static async Task<long> WriteAsync(this IStoreUnderTest store, string order, params OutboxMessage[] messages)
    {
        var key = Sample.Key(store, order);
        var version = (await store.LoadAsync(key)).Order?.Snapshot.Version ?? 0;
        var number = await store.SaveAsync(Sample.Change(key, version) with { Messages = messages });
        Expect.That(number > 0, "A change of an order without other writers must succeed.");
        return number;
    }

    public static async Task<List<OutboxDelivery>> ClaimAsync(this IStoreActor store, int max = 100, string destination = "events") =>
        [.. await store.Outbox.ClaimAsync(destination, max, Minute)];

    public static IEnumerable<string> Ids(this IEnumerable<OutboxDelivery> deliveries) =>
        deliveries.Select(delivery => delivery.Message.MessageId);

    /// <summary>Starts tasks at the same time and waits for all of them.</summary>
    public static async Task<T[]> RaceAsync<T>(int racers, Func<int, Task<T>> run)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tasks = Enumerable.Range(0, racers).Select(racer => Task.Run(async () =>
        {
            await gate.Task;
            return await run(racer);
        })).ToList();
        gate.SetResult();
        return await Task.WhenAll(tasks);
    }

    /// <summary>Starts tasks without a result at the same time and waits for all of them.</summary>
    public static Task RaceAsync(int racers, Func<int, Task> run) => RaceAsync(racers, async racer =>
    {
        await run(racer);
        return true;
    });
}
