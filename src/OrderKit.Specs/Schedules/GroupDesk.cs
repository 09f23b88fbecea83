using System.Globalization;
using OrderKit.Idempotency;

namespace OrderKit.Specs;

/// <summary>Participants whose callers share transactions, with the answers and the effects.</summary>
internal sealed class GroupDesk(IStoreUnderTest store, Interleaving way)
{
    // The clock stands still, because nothing here takes time.
    private static readonly FakeTimeProvider Standing = new(Sample.Noon);

    private int _effects;

    /// <summary>The answers of callers whose process did not crash.</summary>
    public List<Told> Answers { get; } = [];

    /// <summary>Adds a process with one caller for each key. The callers share one transaction, and the effect of one key fails.</summary>
    public Task AddAsync(string[] keys, string fails) => AddAsync(async (participant, service) =>
    {
        List<Task<Told>> callers = [];

        // The other callers arrive while the first one is being written.
        callers.Add(CallAsync(service, participant, "first", () => callers.AddRange(callers.Count > 1 ? [] : keys.Select(key => CallAsync(
            service, participant, key, () => _ = key == fails ? throw new InvalidOperationException("The effect fails.") : 0)))));
        await callers[0];
        return await Task.WhenAll(callers.Skip(1));
    });

    /// <summary>Adds a process with one caller.</summary>
    public Task AddAsync(string key) =>
        AddAsync(async (participant, service) => [await CallAsync(service, participant, key, static () => { })]);

    /// <summary>Counts the effects of a key.</summary>
    public async Task<int> EffectsAsync(string key) => (int)(await store.Outbox.BacklogAsync(Destination(key))).Count;

    private Task AddAsync(Func<Participant, GroupedOperations, Task<Told[]>> call) => way.AddAsync(async participant =>
    {
        var service = new GroupedOperations(participant.Store.Operations, participant.Store.Units, timeProvider: Standing);
        await using var ends = service;
        var told = await call(participant, service);
        await participant.StepAsync("answers");
        Answers.AddRange(told);
    });

    private string Destination(string key) => $"{key} of {way.Mark}";

    private async Task<Told> CallAsync(GroupedOperations service, Participant participant, string key, Action then)
    {
        try
        {
            var outcome = await service.RunAsync(
                new OperationKey(store.Tenant, "grouped", $"{way.Mark}-{key}"), Fingerprint.Nothing, ResultCodec.None,
                async (operation, cancellationToken) =>
                {
                    var id = string.Create(CultureInfo.InvariantCulture, $"{way.Mark}-{key}-{++_effects}");
                    await participant.Store.Outbox.AppendAsync(
                        operation.UnitOfWork, [Sample.Message(store, id, lane: id, destination: Destination(key))], cancellationToken);
                    then();
                    return true;
                });
            return new Told(key, outcome, null);
        }
        catch (Exception failure)
        {
            return new Told(key, null, failure);
        }
    }

    /// <summary>The answer of one caller: an outcome or a failure.</summary>
    internal sealed record Told(string Key, OperationOutcome<bool>? Outcome, Exception? Failure);
}
