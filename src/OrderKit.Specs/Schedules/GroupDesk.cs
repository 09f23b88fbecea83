using System.Globalization;
using OrderKit.Idempotency;

namespace OrderKit.Specs;

/// <summary>Participants whose callers share transactions, what the callers were told, and what came of it.</summary>
internal sealed class GroupDesk(IStoreUnderTest store, Interleaving way)
{
    // Nothing in it takes time.
    private static readonly FakeTimeProvider Standing = new(Sample.Noon);

    private int _effects;

    /// <summary>What the callers of those that lived to hear it were told.</summary>
    public List<Told> Answers { get; } = [];

    /// <summary>Adds a process whose callers share one transaction, one for each key; the effect of one key fails.</summary>
    public Task AddAsync(string[] keys, string fails) => AddAsync(async (participant, service) =>
    {
        List<Task<Told>> callers = [];

        // While the first one is being written the others gather.
        callers.Add(CallAsync(service, participant, "first", () => callers.AddRange(callers.Count > 1 ? [] : keys.Select(key => CallAsync(
            service, participant, key, () => _ = key == fails ? throw new InvalidOperationException("The effect fails.") : 0)))));
        await callers[0].ConfigureAwait(false);
        return await Task.WhenAll(callers.Skip(1)).ConfigureAwait(false);
    });

    /// <summary>Adds a process with one caller.</summary>
    public Task AddAsync(string key) => AddAsync(async (participant, service) => [await CallAsync(service, participant, key, static () => { }).ConfigureAwait(false)]);

    /// <summary>How often the effect of a key happened.</summary>
    public async Task<int> EffectsAsync(string key) => (int)(await store.Outbox.BacklogAsync(Destination(key)).ConfigureAwait(false)).Count;

    private Task AddAsync(Func<Participant, GroupedOperations, Task<Told[]>> call) => way.AddAsync(async participant =>
    {
        var service = new GroupedOperations(participant.Store.Operations, participant.Store.Units, timeProvider: Standing);
        await using var ends = service.ConfigureAwait(false);
        var told = await call(participant, service).ConfigureAwait(false);
        await participant.StepAsync("answers").ConfigureAwait(false);
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
                    await participant.Store.Outbox.AppendAsync(operation.UnitOfWork, [Sample.Message(store, id, lane: id, destination: Destination(key))], cancellationToken).ConfigureAwait(false);
                    then();
                    return true;
                }).ConfigureAwait(false);
            return new Told(key, outcome, null);
        }
        catch (Exception failure)
        {
            return new Told(key, null, failure);
        }
    }

    /// <summary>What one caller was told: an outcome, or a failure.</summary>
    internal sealed record Told(string Key, OperationOutcome<bool>? Outcome, Exception? Failure);
}
