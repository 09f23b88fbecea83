using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrderKit.Core;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>Runs operations once. A repeated request under the same key gets the first outcome.</summary>
/// <remarks>Safe for several threads and machines.</remarks>
public sealed partial class Operations
{
    // The retry delay for a caller that met an uncommitted claim, of which nothing else is known.
    internal static readonly TimeSpan WhileUncommitted = TimeSpan.FromSeconds(1);

    private readonly IOperationStore _store;
    private readonly IUnitOfWorkFactory _units;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly OperationWatches _watches;

    /// <summary>Creates the service; hosts with a container get it from there.</summary>
    public Operations(
        IOperationStore store, IUnitOfWorkFactory units, TimeProvider? timeProvider = null, ILogger<Operations>? logger = null)
    {
        _store = store ?? throw new ArgumentNullException(nameof(store));
        _units = units ?? throw new ArgumentNullException(nameof(units));
        _time = timeProvider ?? TimeProvider.System;
        _logger = logger ?? NullLogger<Operations>.Instance;
        _watches = new OperationWatches(_store, _time);
    }

    /// <summary>Runs an operation in the host's transaction: claim, effect and result take effect when it commits, or not at all.</summary>
    /// <param name="unitOfWork">The unit in which the effect is written too. Roll it back when this throws.</param>
    /// <param name="key">Identifies the request.</param>
    /// <param name="fingerprint">What is asked for.</param>
    /// <param name="codec">How the result is stored.</param>
    /// <param name="effect">
    /// Writes the effect. It throws an <see cref="OperationFailedException"/>, before it writes, to fail for good.
    /// </param>
    /// <param name="policy">How long it is kept; the defaults where none is given.</param>
    /// <param name="cancellationToken">Cancels before the claim; afterwards only the effect may use it.</param>
    /// <exception cref="ContentionException">
    /// Another transaction runs the same operation and outlasts the host's <c>lock_timeout</c>. The host's transaction is aborted, and
    /// the effect did not begin.
    /// </exception>
    public async Task<OperationOutcome<T>> RunAsync<T>(
        UnitOfWork unitOfWork, OperationKey key, Fingerprint fingerprint, ResultCodec<T> codec, Func<JoinedOperation, CancellationToken,
        Task<T>> effect,
        OperationPolicy? policy = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(unitOfWork);
        policy = Require(key, fingerprint, codec, effect, policy);
        cancellationToken.ThrowIfCancellationRequested();
        var (outcome, _) = await JoinAsync(
            unitOfWork, key, fingerprint, codec, effect, policy, CommitState.PendingCommit, cancellationToken).ConfigureAwait(false);
        return outcome;
    }

    /// <summary>
    /// Runs an operation in a transaction of its own; see the other overload. If another transaction runs the same one and outlasts
    /// <c>lock_timeout</c>, the outcome is <c>Running</c>.
    /// </summary>
    public async Task<OperationOutcome<T>> RunAsync<T>(
        OperationKey key, Fingerprint fingerprint, ResultCodec<T> codec, Func<JoinedOperation, CancellationToken, Task<T>> effect,
        OperationPolicy? policy = null, CancellationToken cancellationToken = default)
    {
        OperationOutcome<T> outcome;
        OperationClaim? claim;
        policy = Require(key, fingerprint, codec, effect, policy);
        var unit = await _units.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using (unit.ConfigureAwait(false))
        {
            (outcome, claim) = await JoinAsync(
                unit, key, fingerprint, codec, effect, policy, CommitState.Committed, cancellationToken).ConfigureAwait(false);
            if (claim is null)
            {
                return outcome;
            }

            try
            {
                await unit.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                return outcome;
            }
            catch (CommitOutcomeUnknownException)
            {
                // Claim and effect are one commit: where our claim is found, the effect happened.
            }
        }

        var found = await FindAfterCommitAsync(_store, key).ConfigureAwait(false);
        return found?.Owner != claim.Owner
            ? throw new CommitOutcomeUnknownException(
                $"The commit of {key} was lost, and nothing of it was found. Repeat the request under the same key.")
            : outcome;
    }

    /// <summary>
    /// Runs an operation outside the store under a lease: the claim is durable before the effect begins, and a worker that lost it cannot
    /// finish.
    /// </summary>
    /// <param name="key">Identifies the request.</param>
    /// <param name="fingerprint">What is asked for.</param>
    /// <param name="codec">How the result is stored.</param>
    /// <param name="effect">
    /// Runs the effect. An <see cref="OperationFailedException"/> is a failure for good. Any other exception is retried, unless the policy
    /// says that the effect may have happened. The token is cancelled when the lease cannot be renewed.
    /// </param>
    /// <param name="policy">Lease, attempts and what happens after interruptions; the defaults where none is given.</param>
    /// <param name="cancellationToken">Cancels before the claim; afterwards only the effect may use it.</param>
    public async Task<OperationOutcome<T>> RunLeasedAsync<T>(
        OperationKey key, Fingerprint fingerprint, ResultCodec<T> codec, Func<LeasedOperation, CancellationToken, Task<T>> effect,
        OperationPolicy? policy = null, CancellationToken cancellationToken = default)
    {
        policy = Require(key, fingerprint, codec, effect, policy);
        var terms = new ClaimTerms(OperationState.Running, policy.Lease, policy.MaxAttempts, policy.OnLapse == LapsePolicy.Retry);
        var started = _time.GetTimestamp();
        for (var asked = false; ; asked = true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var answer = await ClaimAloneAsync(key, fingerprint, terms, cancellationToken).ConfigureAwait(false);
            if (answer.Claim is { } claim)
            {
                return await WorkAsync(claim, codec, effect, policy, cancellationToken).ConfigureAwait(false);
            }

            var row = answer.Existing;
            if (row is not null && HasJustLapsed(row, fingerprint, terms))
            {
                asked = false;
                continue;
            }

            var told = row is null ? new OperationOutcome<T>.Running(WhileUncommitted) : Tell(row, fingerprint, codec);
            if (told is OperationOutcome<T>.Running running)
            {
                var wait = policy.WaitWhileRunning - _time.GetElapsedTime(started);
                if (await _watches.WaitAsync(key, wait, cancellationToken).ConfigureAwait(false) is not { } change)
                {
                    return running;
                }

                if (change.MayClaim)
                {
                    asked = false;
                    continue;
                }

                row = change.Row!;
            }

            if (Tell(row!, fingerprint, codec) is { } outcome)
            {
                return outcome;
            }

            if (await SettleAsync(row!, codec, policy, mayAsk: !asked, cancellationToken).ConfigureAwait(false) is { } settled)
            {
                return settled;
            }
        }
    }

    /// <summary>Records what became of an interrupted operation, once a person or a provider knows.</summary>
    /// <returns><see langword="false"/> if it is no longer interrupted.</returns>
    public async Task<bool> ResolveAsync(StoredOperation interrupted, Resolution resolution, OperationPolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(interrupted);
        ArgumentNullException.ThrowIfNull(resolution);
        policy ??= OperationPolicy.Default;
        var change = OperationChange.Of(interrupted.Claim, interrupted.State, OperationState.Unknown, policy.Lease) with
        {
            OnlyIfLapsed = interrupted.State == OperationState.Running,
        };
        change = resolution switch
        {
            Resolution.Done done => change with { To = OperationState.Succeeded, Span = policy.SuccessRetention, Result = done.Result },
            Resolution.NotDone when interrupted.Attempts >= policy.MaxAttempts =>
                change with { To = OperationState.Failed, Span = policy.FailureRetention },
            Resolution.NotDone => change with { To = OperationState.Waiting, Span = TimeSpan.Zero },
            _ => change,
        };
        return await InUnitAsync(unit => ChangeAsync(unit, change)).ConfigureAwait(false);
    }

    /// <summary>Deletes operations whose retention is over, in batches of one transaction each.</summary>
    /// <returns>How many were deleted.</returns>
    public async Task<int> SweepAsync(int batchSize = 1_000, CancellationToken cancellationToken = default)
    {
        var total = 0;
        int swept;
        do
        {
            swept = await _store.SweepAsync(batchSize, cancellationToken).ConfigureAwait(false);
            total += swept;
        }
        while (swept == batchSize);

        return total;
    }

    internal static ReadOnlyMemory<byte> Encode<T>(ResultCodec<T> codec, T result, OperationPolicy policy, OperationKey key)
    {
        var bytes = codec.Encode(result);
        return bytes.Length <= policy.MaxResult
            ? bytes
            : throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"The result of {key} has {bytes.Length:N0} bytes, and its policy keeps {policy.MaxResult:N0}. "
                + $"Answer with a reference to it, or raise MaxResult."));
    }

    internal static OperationPolicy Require<T>(
        OperationKey key, Fingerprint fingerprint, ResultCodec<T> codec, Delegate effect, OperationPolicy? policy)
    {
        if (key == default)
        {
            throw new ArgumentException(
                "The default key identifies no operation. Make one of scope and id: OperationKey.Of(scope, key).", nameof(key));
        }

        ArgumentNullException.ThrowIfNull(fingerprint);
        ArgumentNullException.ThrowIfNull(codec);
        ArgumentNullException.ThrowIfNull(effect);
        policy ??= OperationPolicy.Default;
        return policy.Faults() is { Count: > 0 } faults ? throw new ArgumentException(string.Join(' ', faults), nameof(policy)) : policy;
    }

    /// <summary>The outcome for a repeated request; <see langword="null"/> if the operation was interrupted.</summary>
    internal static OperationOutcome<T>? Tell<T>(StoredOperation row, Fingerprint fingerprint, ResultCodec<T> codec)
    {
        if (!row.Fingerprint.Equals(fingerprint))
        {
            return new OperationOutcome<T>.Mismatch(row.Fingerprint.DifferencesTo(fingerprint));
        }

        return row.State switch
        {
            OperationState.Succeeded => new OperationOutcome<T>.Duplicate(codec.Decode(row.Result), row.FinishedAt!.Value),
            OperationState.Failed => new OperationOutcome<T>.Failed(row.Error ?? "", row.FinishedAt),
            OperationState.Running when !row.IsLapsed => new OperationOutcome<T>.Running(row.RetryAfter),
            OperationState.Waiting when !row.IsLapsed => new OperationOutcome<T>.Running(row.RetryAfter),
            OperationState.Waiting =>
                new OperationOutcome<T>.Held($"It was begun {row.Attempts} times, and no policy of this caller begins it again."),
            _ => null,
        };
    }

    internal static OperationOutcome<T> TellJoined<T>(StoredOperation row, Fingerprint fingerprint, ResultCodec<T> codec) =>
        Tell(row, fingerprint, codec)
        ?? new OperationOutcome<T>.Held("It ran under a lease and was interrupted; it cannot join a transaction.");

    /// <summary>Looks for the claim of a commit whose answer was lost.</summary>
    /// <exception cref="CommitOutcomeUnknownException">The look-up failed, so the outcome stays unknown.</exception>
    internal static async ValueTask<StoredOperation?> FindAfterCommitAsync(IOperationStore store, OperationKey key)
    {
        try
        {
            return await store.FindAsync(key, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            throw new CommitOutcomeUnknownException(
                $"The answer to the commit of {key} was lost, and its claim could not be looked up. Repeat the request under the same key.", e);
        }
    }

    /// <summary>The claim is made in its final state, since it stands or falls with the effect.</summary>
    internal static ClaimTerms JoinedTerms(OperationPolicy policy) =>
        new(OperationState.Succeeded, policy.SuccessRetention, policy.MaxAttempts, TakesLapsed: false);

    // Claim and read are two statements. If a lease or a delay ended between them, the operation is claimed again.
    internal static bool HasJustLapsed(StoredOperation row, Fingerprint fingerprint, ClaimTerms terms) =>
        row.IsLapsed && row.Attempts < terms.MaxAttempts && row.Fingerprint.Equals(fingerprint)
        && (row.State == OperationState.Waiting || (row.State == OperationState.Running && terms.TakesLapsed));

    private async Task<(OperationOutcome<T> Outcome, OperationClaim? Claim)> JoinAsync<T>(
        UnitOfWork unit, OperationKey key, Fingerprint fingerprint, ResultCodec<T> codec, Func<JoinedOperation, CancellationToken,
        Task<T>> effect,
        OperationPolicy policy, CommitState state, CancellationToken cancellationToken)
    {
        var terms = JoinedTerms(policy);
        ClaimAnswer answer;
        try
        {
            do
            {
                var request = new OperationRequest(key, fingerprint, Guid.NewGuid());
                answer = (await _store.ClaimAsync(unit, [request], terms, cancellationToken).ConfigureAwait(false))[0];
            }
            while (answer.Existing is { } row && HasJustLapsed(row, fingerprint, terms));
        }
        catch (ContentionException) when (state == CommitState.Committed)
        {
            // Another transaction has claimed it and is not committed. This unit is ours: it is rolled back, and the effect did not begin.
            return (new OperationOutcome<T>.Running(WhileUncommitted), null);
        }

        if (answer.Claim is not { } claim)
        {
            return (TellJoined(answer.Existing!, fingerprint, codec), null);
        }

        var wasLent = unit.IsLent;
        unit.IsLent = true;
        try
        {
            var result = await effect(new JoinedOperation(unit, key), cancellationToken).ConfigureAwait(false);
            var bytes = Encode(codec, result, policy, key);
            if (bytes.Length > 0)
            {
                var kept = OperationChange.Of(claim, OperationState.Succeeded, OperationState.Succeeded, policy.SuccessRetention);
                await RequireAsync(unit, claim, kept with { Result = bytes }).ConfigureAwait(false);
            }

            return (new OperationOutcome<T>.Applied(result, state), claim);
        }
        catch (OperationFailedException e)
        {
            var failed = OperationChange.Of(claim, OperationState.Succeeded, OperationState.Failed, policy.FailureRetention);
            await RequireAsync(unit, claim, failed with { Error = e.Message }).ConfigureAwait(false);
            return (new OperationOutcome<T>.Failed(e.Message, null), claim);
        }
        catch
        {
            await TryReleaseAsync(unit, claim).ConfigureAwait(false);
            throw;
        }
        finally
        {
            unit.IsLent = wasLent;
        }
    }

    private async Task<ClaimAnswer> ClaimAloneAsync(
        OperationKey key, Fingerprint fingerprint, ClaimTerms terms, CancellationToken cancellationToken)
    {
        var owner = Guid.NewGuid();
        try
        {
            var request = new OperationRequest(key, fingerprint, owner);
            return (await InUnitAsync(
                unit => _store.ClaimAsync(unit, [request], terms, cancellationToken), cancellationToken).ConfigureAwait(false))[0];
        }
        catch (CommitOutcomeUnknownException)
        {
            // If our claim is found, this worker has the operation.
            if (await FindAfterCommitAsync(_store, key).ConfigureAwait(false) is { } row && row.Owner == owner)
            {
                return new ClaimAnswer(row.Claim, null);
            }

            throw;
        }
        catch (ContentionException)
        {
            // Another transaction has claimed it and is not committed: there is neither a claim nor a row.
            return default;
        }
    }

    private async Task<OperationOutcome<T>> WorkAsync<T>(
        OperationClaim claim, ResultCodec<T> codec, Func<LeasedOperation, CancellationToken, Task<T>> effect, OperationPolicy policy,
        CancellationToken cancellationToken)
    {
        try
        {
            return await WorkUnderLeaseAsync(claim, codec, effect, policy, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _watches.Nudge(claim.Key);
        }
    }

    private async Task<OperationOutcome<T>> WorkUnderLeaseAsync<T>(
        OperationClaim claim, ResultCodec<T> codec, Func<LeasedOperation, CancellationToken, Task<T>> effect, OperationPolicy policy,
        CancellationToken cancellationToken)
    {
        var operation = new LeasedOperation(claim, policy, _store, _units);
        T result;
        var keeper = new LeaseKeeper(operation, policy, _store, _units, _time, cancellationToken);
        await using (keeper.ConfigureAwait(false))
        {
            try
            {
                result = await effect(operation, keeper.Token).ConfigureAwait(false);
            }
            catch (OperationLostException)
            {
                throw;
            }
            catch (OperationFailedException e)
            {
                var isRecorded = await InUnitAsync(
                    unit => FailAsync(unit, claim, OperationState.Failed, policy.FailureRetention, e.Message),
                    CancellationToken.None).ConfigureAwait(false);
                return isRecorded
                    ? new OperationOutcome<T>.Failed(e.Message, null)
                    : throw new OperationLostException(claim);
            }
            catch (Exception e)
            {
                await RecordAsync(claim, policy, e, operation.MayHaveActed || policy.IsAmbiguous(e)).ConfigureAwait(false);
                throw;
            }

            if (!operation.IsFinished)
            {
                await FinishAsync(operation, codec, result, policy).ConfigureAwait(false);
            }

            return new OperationOutcome<T>.Applied(result, CommitState.Committed);
        }
    }

    // The effect has happened. Whatever fails from here on, it must not run again.
    private async Task FinishAsync<T>(LeasedOperation operation, ResultCodec<T> codec, T result, OperationPolicy policy)
    {
        try
        {
            await InUnitAsync(async unit =>
            {
                await operation.FinishAsync(unit, codec, result).ConfigureAwait(false);
                return true;
            }).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationLostException)
        {
            await RecordAsync(operation.Claim, policy, e, isAmbiguous: true).ConfigureAwait(false);
            throw;
        }
    }

    // The failure itself is thrown to the caller. If it cannot be recorded, the lease lapses, with the same result.
    private async Task RecordAsync(OperationClaim claim, OperationPolicy policy, Exception failure, bool isAmbiguous)
    {
        var error = $"{failure.GetType().Name}: {failure.Message}";
        var (to, span) = policy.OnLapse != LapsePolicy.Retry && isAmbiguous ? (OperationState.Unknown, policy.Lease)
            : claim.Attempt >= policy.MaxAttempts ? (OperationState.Failed, policy.FailureRetention)
            : (OperationState.Waiting, policy.PauseAfter(claim.Attempt));
        try
        {
            await InUnitAsync(unit => FailAsync(unit, claim, to, span, error)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogNotRecorded(_logger, e, claim.Attempt);
        }
    }

    private async ValueTask<bool> FailAsync(UnitOfWork unit, OperationClaim claim, OperationState to, TimeSpan span, string error) =>
        await ChangeAsync(unit, OperationChange.Of(claim, OperationState.Running, to, span) with { Error = error }).ConfigureAwait(false);

    private async ValueTask<bool> ChangeAsync(UnitOfWork unit, OperationChange change) =>
        (await _store.ChangeAsync(unit, [change], CancellationToken.None).ConfigureAwait(false))[0];

    /// <summary>Applies the policy to an interrupted operation; <see langword="null"/> if it may be claimed again.</summary>
    private async Task<OperationOutcome<T>?> SettleAsync<T>(
        StoredOperation row, ResultCodec<T> codec, OperationPolicy policy, bool mayAsk, CancellationToken cancellationToken)
    {
        if (policy.OnLapse == LapsePolicy.Retry && row.State == OperationState.Running)
        {
            // It has no attempts left; otherwise the claim would have taken it.
            var error = $"It was begun {row.Attempts} times, and its worker was lost each time.";
            var change = OperationChange.Of(row.Claim, row.State, OperationState.Failed, policy.FailureRetention);
            await InUnitAsync(
                unit =>
                    ChangeAsync(unit, change with { OnlyIfLapsed = true, Error = error }), CancellationToken.None).ConfigureAwait(false);
            return null;
        }

        var resolution = policy.OnLapse == LapsePolicy.Resolve && mayAsk
            ? await policy.Resolver!(row, cancellationToken).ConfigureAwait(false)
            : new Resolution.StillUnknown();
        var isWritten = row.State == OperationState.Unknown && resolution is Resolution.StillUnknown
            || await ResolveAsync(row, resolution, policy).ConfigureAwait(false);
        return (resolution, isWritten) switch
        {
            (_, false) => null,
            (Resolution.Done done, _) => new OperationOutcome<T>.Duplicate(codec.Decode(done.Result), row.LeaseUntil ?? row.CreatedAt),
            (Resolution.NotDone, _) => null,
            _ => new OperationOutcome<T>.Held(row.Error ?? "Its worker is gone, and nobody has said whether it was done."),
        };
    }

    private async Task RequireAsync(UnitOfWork unit, OperationClaim claim, OperationChange change)
    {
        if (!await ChangeAsync(unit, change).ConfigureAwait(false))
        {
            throw new OperationLostException(claim);
        }
    }

    // A host that catches the exception must not commit a claim without its effect. If the database has aborted the transaction, this
    // statement fails too, and nothing is committed.
    private async Task TryReleaseAsync(UnitOfWork unit, OperationClaim claim)
    {
        try
        {
            await _store.ReleaseAsync(unit, [claim], CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogNotReleased(_logger, e);
        }
    }

    private async ValueTask<T> InUnitAsync<T>(Func<UnitOfWork, ValueTask<T>> act, CancellationToken cancellationToken = default)
    {
        var unit = await _units.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using (unit.ConfigureAwait(false))
        {
            var result = await act(unit).ConfigureAwait(false);
            await unit.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            return result;
        }
    }

    [LoggerMessage(
        3001, LogLevel.Warning, "The failure of attempt {Attempt} at an operation could not be recorded; its lease lapses instead.")]
    private static partial void LogNotRecorded(ILogger logger, Exception exception, int attempt);

    [LoggerMessage(
        3002, LogLevel.Debug, "A claim could not be taken back in the host's transaction, which then cannot be committed either.")]
    private static partial void LogNotReleased(ILogger logger, Exception exception);
}
