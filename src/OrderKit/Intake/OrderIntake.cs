using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;
using OrderKit.StateMachine;

namespace OrderKit;

/// <summary>Takes facts of many callers at once: claim, transition, journal and outbox of each stand or fall together, and many share one transaction.</summary>
/// <remarks>
/// Safe for any number of callers. While one transaction is written the next one gathers, so a lone caller never waits for company. An
/// answer means that the fact is durable. A call that throws may be repeated with the same request: its key makes it take effect once.
/// </remarks>
public sealed class OrderIntake : IAsyncDisposable
{
    private readonly IOperationStore _operations;
    private readonly IUnitOfWorkFactory _units;
    private readonly OrderLifecycle _lifecycle;
    private readonly IntakeOptions _options;
    private readonly TimeProvider _time;
    private readonly GroupedWriter<IntakeRequest, IntakeResult> _writer;

    /// <summary>Makes the intake; hosts with a container get it from there.</summary>
    public OrderIntake(IOperationStore operations, IUnitOfWorkFactory units, OrderLifecycle lifecycle, IOptions<IntakeOptions>? options = null, TimeProvider? timeProvider = null)
    {
        _operations = operations ?? throw new ArgumentNullException(nameof(operations));
        _units = units ?? throw new ArgumentNullException(nameof(units));
        _lifecycle = lifecycle ?? throw new ArgumentNullException(nameof(lifecycle));
        _options = options?.Value ?? new IntakeOptions();
        _time = timeProvider ?? TimeProvider.System;
        _writer = new GroupedWriter<IntakeRequest, IntakeResult>(
            WriteAsync,
            new GroupedWriterOptions { MaxItems = _options.MaxItems, QueueLimit = _options.QueueLimit, Writers = _options.Writers });
    }

    /// <summary>Takes a fact.</summary>
    /// <param name="request">The fact and its key.</param>
    /// <param name="cancellationToken">Takes it back while it waits. Once it is being written it is finished, and its outcome told.</param>
    /// <exception cref="ArgumentException">The fact is malformed.</exception>
    /// <exception cref="CommitOutcomeUnknownException">The commit's answer was lost, and so is the fact: deliver it again.</exception>
    public Task<IntakeResult> TakeAsync(IntakeRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _writer.SubmitAsync(request, cancellationToken);
    }

    /// <summary>Takes no further facts, and writes those that wait.</summary>
    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    private async ValueTask<IReadOnlyList<GroupedAnswer<IntakeResult>>> WriteAsync(IReadOnlyList<IntakeRequest> requests)
    {
        var answers = new IntakeResult?[requests.Count];
        var failures = new Exception?[requests.Count];
        var group = new IntakeGroup(requests);
        await WriteAsync(group, answers).ConfigureAwait(false);

        // Another writer of the same order was first. What shared the transaction is not fired again for it.
        for (var attempt = 1; attempt < _options.MaxAttempts && group.Retain(answers, static answer => answer is IntakeResult.Taken { IsConflict: true }); attempt++)
        {
            await TryWriteAsync(group, answers, failures).ConfigureAwait(false);
        }

        foreach (var place in group.AnswerFollowers(answers, _time.GetUtcNow()))
        {
            await TryWriteAsync(new IntakeGroup(requests, place), answers, failures).ConfigureAwait(false);
        }

        return [.. answers.Select((answer, i) => failures[i] is { } failure ? failure : (GroupedAnswer<IntakeResult>)answer!)];
    }

    // What was written before is durable and answered as such; only those of this round hear of its failure.
    private async Task TryWriteAsync(IntakeGroup group, IntakeResult?[] answers, Exception?[] failures)
    {
        try
        {
            await WriteAsync(group, answers).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            foreach (var place in group.Places)
            {
                failures[place] = e;
            }
        }
    }

    private async Task WriteAsync(IntakeGroup group, IntakeResult?[] answers)
    {
        List<(int Place, OperationClaim Claim)> won;
        var unit = await _units.BeginAsync().ConfigureAwait(false);
        await using (unit.ConfigureAwait(false))
        {
            won = await ClaimAsync(unit, group, answers).ConfigureAwait(false);
            if (won.Count == 0)
            {
                // Nothing but repetitions: nothing was written, and nothing needs to become durable.
                return;
            }

            var fired = await _lifecycle.FireManyAsync(unit, [.. won.Select(item => group.Requests[item.Place].Fact)]).ConfigureAwait(false);
            await KeepAsync(unit, won, fired).ConfigureAwait(false);
            for (var i = 0; i < won.Count; i++)
            {
                answers[won[i].Place] = new IntakeResult.Taken(fired[i]);
            }

            try
            {
                await unit.CommitAsync().ConfigureAwait(false);
                return;
            }
            catch (CommitOutcomeUnknownException)
            {
                // Claims and facts are one commit: where one claim is found, all of it is there.
            }
        }

        // One that was given up proves nothing; where all were, all are delivered again anyway.
        if (won.Find(item => answers[item.Place] is IntakeResult.Taken { IsUndone: false }).Claim is { } kept
            && (await _operations.FindAsync(kept.Key).ConfigureAwait(false) is not { } found || found.Owner != kept.Owner))
        {
            throw new CommitOutcomeUnknownException();
        }
    }

    private async Task<List<(int Place, OperationClaim Claim)>> ClaimAsync(UnitOfWork unit, IntakeGroup group, IntakeResult?[] answers)
    {
        var places = group.Places;
        var terms = new ClaimTerms(OperationState.Succeeded, _options.Retention, MaxAttempts: 1, TakesLapsed: false);
        var claims = await _operations.ClaimAsync(
            unit, [.. places.Select(place => new OperationRequest(group.Requests[place].Key, group.Requests[place].Fingerprint, Guid.NewGuid()))], terms).ConfigureAwait(false);
        var won = new List<(int, OperationClaim)>(places.Count);
        for (var i = 0; i < places.Count; i++)
        {
            if (claims[i].Claim is { } claim)
            {
                won.Add((places[i], claim));
            }
            else
            {
                answers[places[i]] = Tell(claims[i].Existing!, group.Requests[places[i]].Fingerprint);
            }
        }

        return won;
    }

    private static IntakeResult Tell(StoredOperation row, Fingerprint fingerprint) =>
        !row.Fingerprint.Equals(fingerprint) ? new IntakeResult.Mismatch(row.Fingerprint.DifferencesTo(fingerprint))
        : row.State is OperationState.Succeeded or OperationState.Failed ? new IntakeResult.Repeated(row.FinishedAt!.Value, row.Error)
        : new IntakeResult.Elsewhere(row.RetryAfter);

    /// <summary>Keeps why a fact did not land, and gives up the claim of one that may be delivered again.</summary>
    private async Task KeepAsync(UnitOfWork unit, List<(int Place, OperationClaim Claim)> won, IReadOnlyList<FireResult> fired)
    {
        var given = new List<OperationClaim>();
        var refused = new List<OperationChange>();
        for (var i = 0; i < won.Count; i++)
        {
            var taken = new IntakeResult.Taken(fired[i]);
            if (taken.IsUndone)
            {
                given.Add(won[i].Claim);
            }
            else if (taken.Refusal is { } reason)
            {
                refused.Add(Refuse(won[i].Claim, reason));
            }
        }

        if (given.Count > 0)
        {
            await _operations.ReleaseAsync(unit, given).ConfigureAwait(false);
        }

        if (refused.Count > 0)
        {
            await _operations.ChangeAsync(unit, refused).ConfigureAwait(false);
        }
    }

    private OperationChange Refuse(OperationClaim claim, string reason) => new()
    {
        Key = claim.Key,
        Epoch = claim.Epoch,
        Owner = claim.Owner,
        From = OperationState.Succeeded,
        To = OperationState.Failed,
        Span = _options.Retention,
        Error = reason,
    };
}
