using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrderKit.Core;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>Does things once: whoever asks again under the same key hears what came of it the first time.</summary>
/// <remarks>Safe for several threads and machines.</remarks>
public sealed partial class Operations
{
    // What a caller waits who met a claim that is not committed, and of which nothing else is known.
    internal static readonly TimeSpan WhileUncommitted = TimeSpan.FromSeconds(1);

    private readonly IOperationStore _store;
    private readonly IUnitOfWorkFactory _units;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly OperationWatches _watches;

    /// <summary>Makes the service; hosts with a container get it from there.</summary>
    public Operations(IOperationStore store, IUnitOfWorkFactory units, TimeProvider? timeProvider = null, ILogger<Operations>? logger = null)
    {
        _store = store ?? throw new ArgumentNullException(nameof(store));
        _units = units ?? throw new ArgumentNullException(nameof(units));
        _time = timeProvider ?? TimeProvider.System;
        _logger = logger ?? NullLogger<Operations>.Instance;
        _watches = new OperationWatches(_store, _time);
    }

    /// <summary>Does something in the host's transaction: claim, effect and result take effect when it commits, or not at all.</summary>
    /// <param name="unitOfWork">The unit in which the effect is written too. Roll it back when this throws.</param>
    /// <param name="key">What identifies the request.</param>
    /// <param name="fingerprint">What is asked for.</param>
    /// <param name="codec">How the result is kept.</param>
    /// <param name="effect">Does it. A failure for good is an <see cref="OperationFailedException"/>, thrown before anything is written.</param>
    /// <param name="policy">How long it is kept; the defaults where none is given.</param>
    /// <param name="cancellationToken">Cancels before the claim; afterwards it is the effect's.</param>
    /// <exception cref="ContentionException">Another transaction is doing the same and outlasts the host's <c>lock_timeout</c>. The host's transaction is aborted, and the effect was not begun.</exception>
    public async Task<OperationOutcome<T>> RunAsync<T>(
        UnitOfWork unitOfWork, OperationKey key, Fingerprint fingerprint, ResultCodec<T> codec, Func<JoinedOperation, CancellationToken, Task<T>> effect,
        OperationPolicy? policy = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(unitOfWork);
        policy = Require(key, fingerprint, codec, effect, policy);
        cancellationToken.ThrowIfCancellationRequested();
        return (await JoinAsync(unitOfWork, key, fingerprint, codec, effect, policy, CommitState.PendingCommit, cancellationToken).ConfigureAwait(false)).Outcome;
    }

    /// <summary>Does something in a transaction of its own; see the other overload. Where another one is doing the same and outlasts <c>lock_timeout</c>, it is running.</summary>
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
            (outcome, claim) = await JoinAsync(unit, key, fingerprint, codec, effect, policy, CommitState.Committed, cancellationToken).ConfigureAwait(false);
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

        var found = await _store.FindAsync(key, CancellationToken.None).ConfigureAwait(false);
        return found?.Owner != claim.Owner
            ? throw new CommitOutcomeUnknownException($"The commit of {key} was lost, and nothing of it is there. Repeat the request under the same key.")
            : outcome;
    }

    /// <summary>Does something outside the store under a lease: the claim is durable before the effect begins, and whoever lost it cannot finish.</summary>
    /// <param name="key">What identifies the request.</param>
    /// <param name="fingerprint">What is asked for.</param>
    /// <param name="codec">How the result is kept.</param>
    /// <param name="effect">
    /// Does it. An <see cref="OperationFailedException"/> is a failure for good; another exception one that may be tried again, unless the
    /// policy says that the effect may have happened all the same. The token is cancelled when the lease cannot be renewed.
    /// </param>
    /// <param name="policy">Leases, attempts and what is done about interruptions; the defaults where none is given.</param>
    /// <param name="cancellationToken">Cancels before the claim; afterwards it is the effect's.</param>
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

            if ((row is null ? new OperationOutcome<T>.Running(WhileUncommitted) : Tell(row, fingerprint, codec)) is OperationOutcome<T>.Running running)
            {
                if (await _watches.WaitAsync(key, policy.WaitWhileRunning - _time.GetElapsedTime(started), cancellationToken).ConfigureAwait(false) is not { } change)
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

    /// <summary>Says what became of an interrupted operation, once a person or a provider knows.</summary>
    /// <returns><see langword="false"/> where it is no longer interrupted.</returns>
    public async Task<bool> ResolveAsync(StoredOperation interrupted, Resolution resolution, OperationPolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(interrupted);
        ArgumentNullException.ThrowIfNull(resolution);
        policy ??= OperationPolicy.Default;
        var change = OperationChange.Of(interrupted.Claim, interrupted.State, OperationState.Unknown, policy.Lease) with { OnlyIfLapsed = interrupted.State == OperationState.Running };
        change = resolution switch
        {
            Resolution.Done done => change with { To = OperationState.Succeeded, Span = policy.SuccessRetention, Result = done.Result },
            Resolution.NotDone when interrupted.Attempts >= policy.MaxAttempts => change with { To = OperationState.Failed, Span = policy.FailureRetention },
            Resolution.NotDone => change with { To = OperationState.Waiting, Span = TimeSpan.Zero },
            _ => change,
        };
        return (await InUnitAsync(unit => _store.ChangeAsync(unit, [change], CancellationToken.None)).ConfigureAwait(false))[0];
    }

    /// <summary>Removes operations whose answer has expired, so many at a time and each time in a transaction of its own.</summary>
    /// <returns>How many were removed.</returns>
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
                CultureInfo.InvariantCulture, $"The result of {key} has {bytes.Length:N0} bytes, and its policy keeps {policy.MaxResult:N0}. Answer with a reference to it, or raise MaxResult."));
    }

    internal static OperationPolicy Require<T>(OperationKey key, Fingerprint fingerprint, ResultCodec<T> codec, Delegate effect, OperationPolicy? policy)
    {
        if (key == default)
        {
            throw new ArgumentException("The default key identifies no operation. Make one of scope and id: OperationKey.Of(scope, key).", nameof(key));
        }

        ArgumentNullException.ThrowIfNull(fingerprint);
        ArgumentNullException.ThrowIfNull(codec);
        ArgumentNullException.ThrowIfNull(effect);
        policy ??= OperationPolicy.Default;
        return policy.Faults() is { Count: > 0 } faults ? throw new ArgumentException(string.Join(' ', faults), nameof(policy)) : policy;
    }

    /// <summary>What a row tells whoever asks again; <see langword="null"/> where the operation was interrupted.</summary>
    internal static OperationOutcome<T>? Tell<T>(StoredOperation row, Fingerprint fingerprint, ResultCodec<T> codec)
    {
        if (!row.Fingerprint.Equals(fingerprint))
        {
            return new OperationOutcome<T>.Mismatch(row.Fingerprint.DifferencesTo(fingerprint));
        }

        return row.State switch
        {
            OperationState.Succeeded => new OperationOutcome<T>.Replayed(codec.Decode(row.Result), row.FinishedAt!.Value),
            OperationState.Failed => new OperationOutcome<T>.Failed(row.Error ?? "", row.FinishedAt),
            OperationState.Running when !row.IsLapsed => new OperationOutcome<T>.Running(row.RetryAfter),
            OperationState.Waiting when !row.IsLapsed => new OperationOutcome<T>.Running(row.RetryAfter),
            OperationState.Waiting => new OperationOutcome<T>.Held($"It was begun {row.Attempts} times, and no policy of this caller begins it again."),
            _ => null,
        };
    }

    internal static OperationOutcome<T> TellJoined<T>(StoredOperation row, Fingerprint fingerprint, ResultCodec<T> codec) => Tell(row, fingerprint, codec)
        ?? new OperationOutcome<T>.Held("It is done under a lease elsewhere, and that was interrupted; it cannot be joined to a transaction.");

    /// <summary>The claim is made in its final state, since it stands or falls with the effect.</summary>
    internal static ClaimTerms JoinedTerms(OperationPolicy policy) => new(OperationState.Succeeded, policy.SuccessRetention, policy.MaxAttempts, TakesLapsed: false);

    // Claim and read are two statements: a lease or a pause that ended between them is one to be claimed, and tells nothing.
    internal static bool HasJustLapsed(StoredOperation row, Fingerprint fingerprint, ClaimTerms terms) =>
        row.IsLapsed && row.Attempts < terms.MaxAttempts && row.Fingerprint.Equals(fingerprint)
        && (row.State == OperationState.Waiting || (row.State == OperationState.Running && terms.TakesLapsed));

    private async Task<(OperationOutcome<T> Outcome, OperationClaim? Claim)> JoinAsync<T>(
        UnitOfWork unit, OperationKey key, Fingerprint fingerprint, ResultCodec<T> codec, Func<JoinedOperation, CancellationToken, Task<T>> effect,
        OperationPolicy policy, CommitState state, CancellationToken cancellationToken)
    {
        var terms = JoinedTerms(policy);
        ClaimAnswer answer;
        try
        {
            do
            {
                answer = (await _store.ClaimAsync(unit, [new OperationRequest(key, fingerprint, Guid.NewGuid())], terms, cancellationToken).ConfigureAwait(false))[0];
            }
            while (answer.Existing is { } row && HasJustLapsed(row, fingerprint, terms));
        }
        catch (ContentionException) when (state == CommitState.Committed)
        {
            // Another transaction has claimed it and is not committed. The unit is our own: it is rolled back, and the effect was not begun.
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
                await RequireAsync(unit, claim, OperationState.Succeeded, OperationState.Succeeded, policy.SuccessRetention, bytes, null).ConfigureAwait(false);
            }

            return (new OperationOutcome<T>.Executed(result, state), claim);
        }
        catch (OperationFailedException e)
        {
            await RequireAsync(unit, claim, OperationState.Succeeded, OperationState.Failed, policy.FailureRetention, null, e.Message).ConfigureAwait(false);
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

    private async Task<ClaimAnswer> ClaimAloneAsync(OperationKey key, Fingerprint fingerprint, ClaimTerms terms, CancellationToken cancellationToken)
    {
        var owner = Guid.NewGuid();
        try
        {
            return (await InUnitAsync(
                unit => _store.ClaimAsync(unit, [new OperationRequest(key, fingerprint, owner)], terms, cancellationToken), cancellationToken).ConfigureAwait(false))[0];
        }
        catch (CommitOutcomeUnknownException)
        {
            // Where our claim is there it is ours to work on; nobody else will.
            if (await _store.FindAsync(key, CancellationToken.None).ConfigureAwait(false) is { } row && row.Owner == owner)
            {
                return new ClaimAnswer(row.Claim, null);
            }

            throw;
        }
        catch (ContentionException)
        {
            // Another transaction has claimed it and is not committed: there is neither a claim nor a row to tell of.
            return default;
        }
    }

    private async Task<OperationOutcome<T>> WorkAsync<T>(
        OperationClaim claim, ResultCodec<T> codec, Func<LeasedOperation, CancellationToken, Task<T>> effect, OperationPolicy policy, CancellationToken cancellationToken)
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
        OperationClaim claim, ResultCodec<T> codec, Func<LeasedOperation, CancellationToken, Task<T>> effect, OperationPolicy policy, CancellationToken cancellationToken)
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
                return await InUnitAsync(unit => FailAsync(unit, claim, OperationState.Failed, policy.FailureRetention, e.Message), CancellationToken.None).ConfigureAwait(false)
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

            return new OperationOutcome<T>.Executed(result, CommitState.Committed);
        }
    }

    // The effect has happened: whatever goes wrong from here on, it must not be begun again.
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

    // The failure itself is thrown to the caller; where it cannot be recorded, the lease lapses and says the same.
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
        (await _store.ChangeAsync(unit, [OperationChange.Of(claim, OperationState.Running, to, span) with { Error = error }], CancellationToken.None).ConfigureAwait(false))[0];

    /// <summary>Does what the policy says about an interrupted operation; <see langword="null"/> where it may be claimed again.</summary>
    private async Task<OperationOutcome<T>?> SettleAsync<T>(
        StoredOperation row, ResultCodec<T> codec, OperationPolicy policy, bool mayAsk, CancellationToken cancellationToken)
    {
        if (policy.OnLapse == LapsePolicy.Retry && row.State == OperationState.Running)
        {
            // It would have been taken, had it not been begun too often.
            var error = $"It was begun {row.Attempts} times, and its worker was lost each time.";
            await InUnitAsync(async unit => (await _store.ChangeAsync(
                unit, [OperationChange.Of(row.Claim, row.State, OperationState.Failed, policy.FailureRetention) with { OnlyIfLapsed = true, Error = error }], CancellationToken.None).ConfigureAwait(false))[0], CancellationToken.None).ConfigureAwait(false);
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
            (Resolution.Done done, _) => new OperationOutcome<T>.Replayed(codec.Decode(done.Result), row.LeaseUntil ?? row.CreatedAt),
            (Resolution.NotDone, _) => null,
            _ => new OperationOutcome<T>.Held(row.Error ?? "Its worker is gone, and nobody has said whether it was done."),
        };
    }

    private async Task RequireAsync(
        UnitOfWork unit, OperationClaim claim, OperationState from, OperationState to, TimeSpan span, ReadOnlyMemory<byte>? result, string? error)
    {
        var change = OperationChange.Of(claim, from, to, span) with { Result = result, Error = error };
        if (!(await _store.ChangeAsync(unit, [change], CancellationToken.None).ConfigureAwait(false))[0])
        {
            throw new OperationLostException(claim);
        }
    }

    // A host that goes on after the exception must not commit a claim without its effect. In a transaction that the database has
    // given up the statement fails, and then nothing is committed anyway.
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

    [LoggerMessage(3001, LogLevel.Warning, "The failure of attempt {Attempt} at an operation could not be recorded; its lease lapses instead.")]
    private static partial void LogNotRecorded(ILogger logger, Exception exception, int attempt);

    [LoggerMessage(3002, LogLevel.Debug, "A claim could not be taken back in the host's transaction, which then cannot be committed either.")]
    private static partial void LogNotReleased(ILogger logger, Exception exception);
}
