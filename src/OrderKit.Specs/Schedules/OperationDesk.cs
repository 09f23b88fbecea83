using System.Globalization;
using OrderKit.Idempotency;

namespace OrderKit.Specs;

/// <summary>Participants that ask for one operation, what they were answered, and what came of it.</summary>
internal sealed class OperationDesk(IStoreUnderTest store, Interleaving way)
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private const string Asked = "as asked";

    // Its timers never fire: renewals are steps of the scenario, and time passes at the store.
    private readonly FakeTimeProvider _standing = new(Sample.Noon);
    private int _results;

    public OperationKey Key { get; } = new(store.Tenant, "refund", way.Mark);

    /// <summary>Where effects in the store are written.</summary>
    public string Destination { get; } = "effects of " + way.Mark;

    public List<OperationOutcome<string>> Answers { get; } = [];

    public List<Exception> Failures { get; } = [];

    /// <summary>How often the effect happened elsewhere.</summary>
    public int EffectsElsewhere { get; private set; }

    /// <summary>The keys under which it was asked for elsewhere; whoever gets one twice does it once.</summary>
    public HashSet<string> DownstreamKeys { get; } = [];

    public IEnumerable<OperationOutcome<string>.Applied> Applied => Answers.OfType<OperationOutcome<string>.Applied>();

    public IEnumerable<OperationOutcome<string>.Duplicate> Duplicates => Answers.OfType<OperationOutcome<string>.Duplicate>();

    public static Fingerprint Print(string content = Asked) => Fingerprint.Of(("content", content));

    public Operations Service(IStoreActor actor, TimeProvider? clock = null) => new(actor.Operations, actor.Units, clock ?? _standing);

    /// <summary>Has the effect in the store, in the claim's own transaction.</summary>
    public Task JoinAsync(string content = Asked, OperationPolicy? policy = null, bool fails = false) => way.AddAsync(participant => AnswerAsync(participant, async () =>
        await Service(participant.Store).RunAsync(Key, Print(content), ResultCodec.Text, (operation, cancellationToken) => WriteAsync(participant.Store, operation, fails, cancellationToken), policy).ConfigureAwait(false)));

    /// <summary>The same, without a participant: the request comes again when all is over.</summary>
    public async Task<OperationOutcome<string>> JoinAgainAsync(OperationPolicy? policy = null) =>
        await Service(store).RunAsync(Key, Print(), ResultCodec.Text, (operation, cancellationToken) => WriteAsync(store, operation, false, cancellationToken), policy).ConfigureAwait(false);

    /// <summary>Has the effect elsewhere, under a lease, and finishes together with a write in the store.</summary>
    public Task LeaseAsync(OperationPolicy policy, string content = Asked, TimeProvider? clock = null) => way.AddAsync(participant => AnswerAsync(
        participant, () => LeaseAsync(participant, policy, content, clock)));

    public async Task<OperationOutcome<string>> LeaseAsync(Participant participant, OperationPolicy policy, string content = Asked, TimeProvider? clock = null) =>
        await Service(participant.Store, clock).RunLeasedAsync(
            Key, Print(content), ResultCodec.Text, (operation, _) => ActAsync(participant.Store, operation, name => participant.StepAsync(name)), policy).ConfigureAwait(false);

    /// <summary>The same, without a participant: the request comes again when all is over.</summary>
    public async Task<OperationOutcome<string>> LeaseAgainAsync(OperationPolicy policy) =>
        await Service(store).RunLeasedAsync(Key, Print(), ResultCodec.Text, (operation, _) => ActAsync(store, operation, static _ => default), policy).ConfigureAwait(false);

    public async Task AnswerAsync(Participant participant, Func<Task<OperationOutcome<string>>> ask)
    {
        try
        {
            var answer = await ask().ConfigureAwait(false);

            // Between the last commit and the answer to the caller lies a moment, too.
            await participant.StepAsync("answer").ConfigureAwait(false);
            Answers.Add(answer);
        }
        catch (Exception failure) when (!participant.HasCrashed)
        {
            Failures.Add(failure);
        }
    }

    /// <summary>How many effects were written in the store.</summary>
    public async Task<int> EffectsAsync() => (int)(await store.Outbox.BacklogAsync(Destination).ConfigureAwait(false)).Count;

    /// <summary>What is true whatever happened: it took effect at most once, and once where anybody was told so.</summary>
    public async Task ProveAsync()
    {
        var effects = await EffectsAsync().ConfigureAwait(false);
        Expect.That(effects <= 1, $"An operation takes effect once, and not {effects} times.");
        Expect.That(effects == 1 || !(Applied.Any() || Duplicates.Any()), "What somebody was told is done, is done.");
        Expect.That(Applied.Count() <= 1, "One caller did it.");
    }

    private async Task<string> WriteAsync(IStoreActor actor, JoinedOperation operation, bool fails, CancellationToken cancellationToken)
    {
        var result = NewResult();
        await actor.Outbox.AppendAsync(operation.UnitOfWork, [Sample.Message(store, $"{way.Mark}-{result}", lane: result, destination: Destination)], cancellationToken).ConfigureAwait(false);
        return fails ? throw new InvalidOperationException("The effect fails.") : result;
    }

    private async Task<string> ActAsync(IStoreActor actor, LeasedOperation operation, Func<string, ValueTask> step)
    {
        DownstreamKeys.Add(operation.DownstreamKey("refund"));
        await step("effect elsewhere").ConfigureAwait(false);
        EffectsElsewhere++;
        var result = NewResult();
        var unit = await actor.Units.BeginAsync().ConfigureAwait(false);
        await using (unit.ConfigureAwait(false))
        {
            await actor.Outbox.AppendAsync(unit, [Sample.Message(store, $"{way.Mark}-{result}", lane: result, destination: Destination)]).ConfigureAwait(false);
            await operation.FinishAsync(unit, ResultCodec.Text, result).ConfigureAwait(false);
            await unit.CommitAsync().ConfigureAwait(false);
        }

        return result;
    }

    private string NewResult() => string.Create(CultureInfo.InvariantCulture, $"result {++_results}");
}
