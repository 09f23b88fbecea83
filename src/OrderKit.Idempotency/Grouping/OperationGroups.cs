using System.Numerics;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrderKit.Core;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>
/// Writes what many callers want at the same time in shared transactions: claim, act, commit, and prove where the commit's answer is
/// lost.
/// </summary>
/// <remarks>
/// <para>
/// A failure ends only its own caller's request. A transaction in which anything fails is rolled back, and its members act again: those
/// before the member that threw and those after it together, and that member alone. Where nobody is known to have thrown, each half.
/// Shared transactions wait only briefly for rows that another transaction holds; a member that needs such a row waits for it alone.
/// </para>
/// <para>
/// There are no savepoints. PostgreSQL ends a transaction at the first failed statement; where a member hides such a failure, the next
/// savepoint would undo what its neighbours wrote.
/// </para>
/// </remarks>
/// <typeparam name="TMember">The members.</typeparam>
public sealed class OperationGroups<TMember> : IAsyncDisposable
    where TMember : GroupMember
{
    // A shared transaction waits as long as a busy server takes for a commit, and its parts less: somebody among them is known to wait.
    private static readonly TimeSpan LockWait = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LockWaitOfParts = TimeSpan.FromMilliseconds(25);

    // A member alone has a connection and its caller waits: long enough for a transaction of people's work in the host, and less than a
    // caller of HTTP waits.
    private static readonly TimeSpan LockWaitAlone = TimeSpan.FromSeconds(5);

    // Members alone have a connection each. Most pools have 100, and the host needs them for other work.
    private const int MaxAlone = 8;

    // A failure that took this long, such as a timeout of the driver, is not looked for in halves: each member is written alone.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly IOperationStore _store;
    private readonly IUnitOfWorkFactory _units;
    private readonly Func<GroupRun<TMember>, TMember, ValueTask>? _actByItself;
    private readonly Func<GroupRun<TMember>, IReadOnlyList<TMember>, ValueTask>? _actTogether;
    private readonly int _maxAttempts;
    private readonly TimeProvider _time;
    private readonly TimeSpan _effectTimeout;
    private readonly SlowScopes? _slow;
    private readonly GroupedWriter<TMember> _writer;
    private readonly SemaphoreSlim _alone = new(MaxAlone);
    private readonly Lock _sync = new();
    private Task _detached = Task.CompletedTask;

    /// <summary>Creates the groups.</summary>
    /// <param name="store">Stores the claims.</param>
    /// <param name="units">Begins the transactions.</param>
    /// <param name="actTogether">
    /// Writes what members want whose claims were answered, or finds that it was done before; <see langword="null"/> where each acts by
    /// itself.
    /// </param>
    /// <param name="options">
    /// How callers share transactions. Members that act by themselves are timed by <see cref="GroupedOperationsOptions"/>.
    /// </param>
    /// <param name="actByItself">Lets one member act before they act together: what it throws is the failure of this member only.</param>
    /// <param name="maxAttempts">How often a member acts at most after another writer was first, or after a deadlock of its own.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">Logs slow members.</param>
    public OperationGroups(
        IOperationStore store, IUnitOfWorkFactory units, Func<GroupRun<TMember>, IReadOnlyList<TMember>, ValueTask>? actTogether,
        GroupedWriterOptions options, Func<GroupRun<TMember>, TMember, ValueTask>? actByItself = null,
        int maxAttempts = 5, TimeProvider? timeProvider = null, ILogger? logger = null)
    {
        _store = store ?? throw new ArgumentNullException(nameof(store));
        _units = units ?? throw new ArgumentNullException(nameof(units));
        if (actTogether is null && actByItself is null)
        {
            throw new ArgumentNullException(nameof(actTogether), "Members have no act. Pass actTogether, actByItself, or both.");
        }

        (_actTogether, _actByItself) = (actTogether, actByItself);
        _maxAttempts = maxAttempts;
        _time = timeProvider ?? TimeProvider.System;
        var timed = options as GroupedOperationsOptions;
        _effectTimeout = timed?.EffectTimeout ?? Timeout.InfiniteTimeSpan;
        _slow = timed is null ? null : new SlowScopes(timed, _time, logger ?? NullLogger.Instance);
        _writer = new GroupedWriter<TMember>(WriteAsync, options);
    }

    /// <summary>Lets a member act once its claims are answered. What it did is durable when this returns.</summary>
    /// <param name="member">The member; each is submitted once.</param>
    /// <param name="cancellationToken">Takes it back while it waits. A member that is being written is finished.</param>
    /// <exception cref="CommitOutcomeUnknownException">
    /// The commit's answer was lost, and nothing of it was found: repeat the request.
    /// </exception>
    /// <exception cref="ContentionException">Another transaction held a row that it needs for more than 5 seconds.</exception>
    /// <exception cref="ObjectDisposedException">The groups have been disposed.</exception>
    public async Task SubmitAsync(TMember member, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(member);
        cancellationToken.ThrowIfCancellationRequested();
        if (_writer.IsBusy && _store.FindsBeforeClaims && await IsDuplicateAsync(member, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        member.IsAlone = _slow?.Contains(member.Scope) == true;
        if (!member.IsAlone)
        {
            await _writer.SubmitAsync(member, cancellationToken).ConfigureAwait(false);
        }

        if (member.IsAlone)
        {
            // Nothing is open here, so a caller that has a place does not wait for this one.
            await _alone.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await WriteOneAsync(member, LockWaitAlone, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _alone.Release();
            }
        }
    }

    /// <summary>Takes no further members, and writes those that wait.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync().ConfigureAwait(false);
        await _detached.ConfigureAwait(false);
    }

    /// <summary>Looks for rows of an earlier request on the caller's own thread, so that duplicates do not wait for the writer.</summary>
    private async ValueTask<bool> IsDuplicateAsync(TMember member, CancellationToken cancellationToken)
    {
        StoredOperation? row = null;
        foreach (var request in member.Requests)
        {
            row = await _store.FindAsync(request.Key, cancellationToken).ConfigureAwait(false);
            if (row is not { State: OperationState.Succeeded or OperationState.Failed } || !row.Fingerprint.Equals(request.Fingerprint))
            {
                return false;
            }
        }

        return row is not null && member.TryConclude(row);
    }

    private async ValueTask WriteAsync(IReadOnlyList<TMember> set)
    {
        if (set is [{ } only])
        {
            await WriteFirstAsync(only).ConfigureAwait(false);
            return;
        }

        var alone = new List<TMember>();
        var parts = new Stack<IReadOnlyList<TMember>>([set]);
        var triesLeft = 2 * BitOperations.Log2((uint)set.Count);
        for (var wait = LockWait; parts.TryPop(out var part);)
        {
            if (part.Count == 0)
            {
                continue;
            }

            var started = _time.GetTimestamp();
            var run = await TryWriteAsync(part, wait, CancellationToken.None).ConfigureAwait(false);
            if (run.Failure is not { } failure)
            {
                End(part.Where(member => !run.Skipped.Contains(member) && !run.Again.Contains(member)));
                alone.AddRange(run.Skipped);
                parts.Push(run.Again);
            }
            else if (!run.HasBegun || (part.Count == 1 && failure is not ContentionException))
            {
                // It is its own failure, or the store cannot be reached and each member would get the same answer, one after the other.
                End(part, failure);
            }
            else if (run.Acting is { } thrower && triesLeft > 0)
            {
                triesLeft--;
                var at = part.TakeWhile(member => member != thrower).Count();
                alone.Add(thrower);
                parts.Push([.. part.Skip(at + 1)]);
                parts.Push([.. part.Take(at)]);
            }
            else if (_time.GetElapsedTime(started) > Patience)
            {
                EndAlone(part);
            }
            else if (part.Count == 1 || triesLeft == 0)
            {
                alone.AddRange(part);
            }
            else
            {
                (wait, triesLeft) = (LockWaitOfParts, triesLeft - 1);
                parts.Push([.. part.Skip(part.Count / 2)]);
                parts.Push([.. part.Take(part.Count / 2)]);
            }
        }

        EndAlone(alone);
    }

    private static void End(IEnumerable<TMember> members, Exception? failure = null)
    {
        foreach (var member in members)
        {
            if (failure is null)
            {
                member.End();
            }
            else
            {
                member.End(failure);
            }
        }
    }

    private static void EndAlone(IReadOnlyList<TMember> members)
    {
        foreach (var member in members)
        {
            member.IsAlone = true;
        }

        End(members);
    }

    /// <summary>
    /// Writes a member that came alone. Where that takes long and few others are written alone, those that come later do not wait for it.
    /// </summary>
    private async Task WriteFirstAsync(TMember member)
    {
        var writing = WriteAndEndAsync(member);
        try
        {
            await writing.WaitAsync(LockWait, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // This transaction is open: it takes a place where there is one, and never waits for one.
            if (!_alone.Wait(0, CancellationToken.None))
            {
                await writing.ConfigureAwait(false);
                return;
            }

            var detached = ReleaseAfterAsync(writing);
            lock (_sync)
            {
                _detached = _detached.IsCompleted ? detached : Task.WhenAll(_detached, detached);
            }
        }

        async Task ReleaseAfterAsync(Task task)
        {
            await task.ConfigureAwait(false);
            _alone.Release();
        }

        async Task WriteAndEndAsync(TMember only)
        {
            try
            {
                await WriteOneAsync(only, LockWait, CancellationToken.None).ConfigureAwait(false);
                only.End();
            }
            catch (ContentionException e) when (e.IsHeld)
            {
                EndAlone([only]);
            }
            catch (Exception e)
            {
                only.End(e);
            }
        }
    }

    private async Task WriteOneAsync(TMember member, TimeSpan lockWait, CancellationToken cancellationToken)
    {
        while (true)
        {
            var run = await TryWriteAsync([member], lockWait, cancellationToken).ConfigureAwait(false);
            if (run.Failure is null && run.Again.Count == 0)
            {
                return;
            }

            var isDeadlock = run.Failure is ContentionException { IsHeld: false };
            if (run.Failure is { } failure && !(isDeadlock && ++member.Attempts < _maxAttempts))
            {
                ExceptionDispatchInfo.Throw(failure);
            }
        }
    }

    private async Task<GroupRun<TMember>> TryWriteAsync(
        IReadOnlyList<TMember> members, TimeSpan lockWait, CancellationToken cancellationToken)
    {
        var run = new GroupRun<TMember>(members, _effectTimeout, _time);
        try
        {
            foreach (var member in members)
            {
                member.Reset();
            }

            await WriteAsync(run, lockWait, cancellationToken).ConfigureAwait(false);
        }
        catch (ContentionException e) when (e.IsHeld && !run.HasClaimed && members is [{ IsAlone: true } only] && only.AnswerHeld())
        {
            // Another transaction has claimed the same and is not committed; that is an answer.
        }
        catch (Exception e)
        {
            run.Failure = e;
        }

        await run.CloseAsync().ConfigureAwait(false);
        return run;
    }

    private async Task WriteAsync(GroupRun<TMember> run, TimeSpan lockWait, CancellationToken cancellationToken)
    {
        var unit = await _units.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using (unit.ConfigureAwait(false))
        {
            (run.UnitOfWork, run.HasBegun) = (unit, true);
            await unit.LimitLockWaitsAsync(lockWait, CancellationToken.None).ConfigureAwait(false);
            await ActAsync(run).ConfigureAwait(false);
            if (run.IsRolledBack)
            {
                run.Skipped.Clear();
                run.Again = [.. run.Members];
                return;
            }

            await FinishAsync(run).ConfigureAwait(false);
            if (!run.Members.Any(static member => member.HasWritten || member.Claims.Any()))
            {
                // All of it had been done before: nothing needs to become durable.
                return;
            }

            try
            {
                await unit.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                return;
            }
            catch (CommitOutcomeUnknownException)
            {
                // Claims and effects are one commit: where one claim is found, all of it is there.
            }
        }

        var proof = run.Members.Where(run.Keeps).SelectMany(static member => member.Claims).FirstOrDefault();
        var isLost = proof is null
            ? run.Members.Any(static member => member.HasWritten)
            : (await Operations.FindAfterCommitAsync(_store, proof.Key).ConfigureAwait(false))?.Owner != proof.Owner;
        if (isLost)
        {
            // Each member may act again: should the commit take effect after all, its claims are found to be its own.
            throw new CommitOutcomeUnknownException(
                $"The commit of {run.Members[0].Requests[^1].Key} was lost, and nothing of it was found. "
                + "Repeat the request under the same key.");
        }
    }

    /// <summary>Claims and acts. Of several members with one key the first claims it, and the others find its row.</summary>
    private async Task ActAsync(GroupRun<TMember> run)
    {
        var rows = new Dictionary<OperationKey, StoredOperation>();
        var tried = new HashSet<OperationKey>();
        for (var open = run.Members; open.Count > 0;)
        {
            var (round, later) = (new List<TMember>(open.Count), new List<TMember>());
            var taken = new HashSet<OperationKey>();
            foreach (var member in open)
            {
                var keys = member.Requests.Select(static request => request.Key).Where(key => !rows.ContainsKey(key)).ToList();
                if (keys.Exists(tried.Contains))
                {
                    // The caller that had it has given it up.
                    run.Again.Add(member);
                    continue;
                }

                var isFirst = !keys.Exists(taken.Contains);
                (isFirst ? round : later).Add(member);
                taken.UnionWith(isFirst ? keys : []);
            }

            await ClaimAsync(run, round, rows).ConfigureAwait(false);
            tried.UnionWith(taken);
            run.HasClaimed = true;
            round.RemoveAll(run.Again.Contains);
            if (round.Count > 0)
            {
                run.UnitOfWork.IsLent = true;
                await ActByThemselvesAsync(run, round).ConfigureAwait(false);
                round.RemoveAll(run.Skipped.Contains);
                if (_actTogether is not null)
                {
                    await _actTogether(run, round).ConfigureAwait(false);
                }

                run.UnitOfWork.IsLent = false;
            }

            if (run.IsRolledBack)
            {
                return;
            }

            foreach (var row in later.Count > 0 ? round.Where(run.Keeps).SelectMany(member => member.RowsAt(_time.GetUtcNow())) : [])
            {
                rows[row.Key] = row;
            }

            open = later;
        }
    }

    /// <summary>Lets each member act by itself. One whose scope is too slow to share a transaction is written alone afterwards.</summary>
    private async Task ActByThemselvesAsync(GroupRun<TMember> run, List<TMember> round)
    {
        if (_actByItself is null)
        {
            return;
        }

        var slow = run.Members.Count > 1 ? _slow : null;
        foreach (var member in round)
        {
            if (member.Claims.Any() && slow?.Contains(member.Scope) == true)
            {
                run.Skipped.Add(member);
                continue;
            }

            (run.Acting, run.EffectTime) = (member, null);
            try
            {
                await _actByItself(run, member).ConfigureAwait(false);
            }
            finally
            {
                if (run.EffectTime is { } elapsed)
                {
                    slow?.Note(member.Scope, elapsed);
                }
            }

            run.Acting = null;
        }
    }

    private async Task ClaimAsync(GroupRun<TMember> run, List<TMember> round, Dictionary<OperationKey, StoredOperation> rows)
    {
        var claims = new Dictionary<OperationKey, OperationClaim>();
        var kinds = round.GroupBy(static member => member.Terms)
            .OrderBy(static kind => kind.Key.Span).ThenBy(static kind => kind.Key.MaxAttempts);
        foreach (var kind in kinds)
        {
            var requests = kind.SelectMany(static member => member.Requests).Where(request => !rows.ContainsKey(request.Key)).ToList();
            if (requests.Count == 0)
            {
                continue;
            }

            var answers = await _store.ClaimAsync(run.UnitOfWork, requests, kind.Key, CancellationToken.None).ConfigureAwait(false);
            foreach (var answer in answers)
            {
                if (answer.Claim is { } claim)
                {
                    claims.Add(claim.Key, claim);
                }
                else
                {
                    rows.Add(answer.Existing!.Key, answer.Existing);
                }
            }
        }

        foreach (var member in round.ToList())
        {
            member.Answers = [.. member.Requests.Select(AnswerTo)];
            if (member.IsCommitted)
            {
                round.Remove(member);
            }
            else if (member.Answers is [{ Existing: { } row }]
                && Operations.HasJustLapsed(row, member.Requests[0].Fingerprint, member.Terms))
            {
                run.Again.Add(member);
            }
        }

        ClaimAnswer AnswerTo(OperationRequest request) =>
            claims.TryGetValue(request.Key, out var claim) ? new ClaimAnswer(claim, null) : new ClaimAnswer(null, rows[request.Key]);
    }

    private async Task FinishAsync(GroupRun<TMember> run)
    {
        foreach (var member in run.Members.Where(static member => member.IsInConflict))
        {
            if (++member.Attempts < _maxAttempts)
            {
                run.Again.Add(member);
            }
        }

        var given = run.Members.Where(member => !run.Keeps(member)).SelectMany(static member => member.Claims).ToList();
        if (given.Count > 0)
        {
            await _store.ReleaseAsync(run.UnitOfWork, given, CancellationToken.None).ConfigureAwait(false);
        }

        var changes = run.Members.Where(run.Keeps).Select(static member => member.Change).OfType<OperationChange>().ToList();
        var stood = changes.Count > 0
            ? await _store.ChangeAsync(run.UnitOfWork, changes, CancellationToken.None).ConfigureAwait(false)
            : [];
        for (var i = 0; i < changes.Count; i++)
        {
            if (!stood[i])
            {
                throw new OperationLostException(
                    $"The claim of {changes[i].Key} is no longer in the unit of work in which it was made: an effect has removed it.");
            }
        }
    }
}
