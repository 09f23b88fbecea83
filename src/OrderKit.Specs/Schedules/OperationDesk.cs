using System.Globalization;
using OrderKit.Idempotency;

namespace OrderKit.Specs;

/// <summary>Participants that request one operation, with their answers and the effects.</summary>
internal sealed class OperationDesk(IStoreUnderTest store, Interleaving way)
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private const string Asked = "as asked";

    // Its timers never fire: renewals are steps of the scenario, and only the store's clock advances.
    private readonly FakeTimeProvider _standing = new(Sample.Noon);
    private int _results;

    public OperationKey Key { get; } = new(store.Tenant, "refund", way.Mark);

    /// <summary>The destination of effects in the store.</summary>
    public string Destination { get; } = "effects of " + way.Mark;

    public List<OperationOutcome<string>> Answers { get; } = [];

    public List<Exception> Failures { get; } = [];

    /// <summary>The number of effects outside the store.</summary>
    public int EffectsElsewhere { get; private set; }

    /// <summary>The keys that were passed to the outside system, which executes each key once.</summary>
    public HashSet<string> DownstreamKeys { get; } = [];

    public IEnumerable<OperationOutcome<string>.Applied> Applied => Answers.OfType<OperationOutcome<string>.Applied>();

    public IEnumerable<OperationOutcome<string>.Duplicate> Duplicates => Answers.OfType<OperationOutcome<string>.Duplicate>();

    public static Fingerprint Print(string content = Asked) => Fingerprint.Of(("content", content));

    public Operations Service(IStoreActor actor, TimeProvider? clock = null) => new(actor.Operations, actor.Units, clock ?? _standing);

    /// <summary>Writes the effect in the store, in the transaction of the claim.</summary>
    public Task JoinAsync(string content = Asked, OperationPolicy? policy = null,
        bool fails = false) => way.AddAsync(participant => AnswerAsync(participant, async () =>
        await Service(participant.Store).RunAsync(Key, Print(content), ResultCodec.Text,
            (operation, cancellationToken) => WriteAsync(participant.Store, operation, fails, cancellationToken), policy)));

    /// <summary>Does the same without a participant, for a repeated request after the scenario.</summary>
    public async Task<OperationOutcome<string>> JoinAgainAsync(OperationPolicy? policy = null) =>
        await Service(store).RunAsync(Key, Print(), ResultCodec.Text,
            (operation, cancellationToken) => WriteAsync(store, operation, false, cancellationToken), policy);

    /// <summary>Causes the effect outside the store, under a lease, and finishes together with a write in the store.</summary>
    public Task LeaseAsync(
        OperationPolicy policy, string content = Asked, TimeProvider? clock = null) => way.AddAsync(participant => AnswerAsync(
        participant, () => LeaseAsync(participant, policy, content, clock)));

    public async Task<OperationOutcome<string>> LeaseAsync(
        Participant participant, OperationPolicy policy, string content = Asked, TimeProvider? clock = null) =>
        await Service(participant.Store, clock).RunLeasedAsync(
            Key, Print(content), ResultCodec.Text,
            (operation, _) => ActAsync(participant.Store, operation, name => participant.StepAsync(name)), policy);

    /// <summary>Does the same without a participant, for a repeated request after the scenario.</summary>
    public async Task<OperationOutcome<string>> LeaseAgainAsync(OperationPolicy policy) =>
        await Service(store).RunLeasedAsync(
            Key, Print(), ResultCodec.Text, (operation, _) => ActAsync(store, operation, static _ => default), policy);

    public async Task AnswerAsync(Participant participant, Func<Task<OperationOutcome<string>>> ask)
    {
        try
        {
            var answer = await ask();

            // A crash is also possible between the last commit and the answer to the caller.
            await participant.StepAsync("answer");
            Answers.Add(answer);
        }
        catch (Exception failure) when (!participant.HasCrashed)
        {
            Failures.Add(failure);
        }
    }

    /// <summary>Counts the effects in the store.</summary>
    public async Task<int> EffectsAsync() => (int)(await store.Outbox.BacklogAsync(Destination)).Count;

    /// <summary>Checks that the operation took effect at most once, and exactly once if a caller was told so.</summary>
    public async Task ProveAsync()
    {
        var effects = await EffectsAsync();
        Expect.That(effects <= 1, $"An operation must take effect once, not {effects} times.");
        Expect.That(
            effects == 1 || !(Applied.Any() || Duplicates.Any()), "An operation that was reported as executed must have its effect.");
        Expect.That(Applied.Count() <= 1, "At most one caller may execute it.");
    }

    private async Task<string> WriteAsync(IStoreActor actor, JoinedOperation operation, bool fails, CancellationToken cancellationToken)
    {
        var result = NewResult();
        await actor.Outbox.AppendAsync(operation.UnitOfWork,
            [Sample.Message(store, $"{way.Mark}-{result}", lane: result, destination: Destination)], cancellationToken);
        return fails ? throw new InvalidOperationException("The effect fails.") : result;
    }

    private async Task<string> ActAsync(IStoreActor actor, LeasedOperation operation, Func<string, ValueTask> step)
    {
        DownstreamKeys.Add(operation.DownstreamKey("refund"));
        await step("effect elsewhere");
        EffectsElsewhere++;
        var result = NewResult();
        var unit = await actor.Units.BeginAsync();
        await using (unit)
        {
            await actor.Outbox.AppendAsync(unit, [Sample.Message(store, $"{way.Mark}-{result}", lane: result, destination: Destination)]);
            await operation.FinishAsync(unit, ResultCodec.Text, result);
            await unit.CommitAsync();
        }

        return result;
    }

    private string NewResult() => string.Create(CultureInfo.InvariantCulture, $"result {++_results}");
}
