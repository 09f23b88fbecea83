using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using OrderKit.Core;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>Writes what many callers want at the same time in shared units of work, each under claims and with a fate of its own.</summary>
/// <remarks>
/// There are no savepoints in it: on a server that gives up a transaction at the first failed statement, a member that hides such a
/// failure would have the next savepoint undo what its neighbours wrote. A unit in which anything fails is rolled back instead, and its
/// members act again: those before the one that threw, and those after it, as sets; where nobody is known to have thrown, each half.
/// </remarks>
internal sealed class OperationGroups : IAsyncDisposable
{
    private readonly IOperationStore _store;
    private readonly IUnitOfWorkFactory _units;
    private readonly TimeProvider _time;
    private readonly Func<UnitOfWork, IReadOnlyList<GroupMember>, Task>? _complete;
    private readonly SlowScopes _slow;
    private readonly GroupedWriter<GroupMember, bool> _writer;

    /// <param name="store">Keeps the claims.</param>
    /// <param name="units">Begins the units of work.</param>
    /// <param name="options">How they are shared.</param>
    /// <param name="time">Measures how long members act.</param>
    /// <param name="logger">Hears of slow ones.</param>
    /// <param name="complete">Writes what members that have acted have left to be written together.</param>
    public OperationGroups(
        IOperationStore store, IUnitOfWorkFactory units, GroupedOperationsOptions options, TimeProvider time, ILogger logger,
        Func<UnitOfWork, IReadOnlyList<GroupMember>, Task>? complete = null)
    {
        _store = store;
        _units = units;
        _time = time;
        _complete = complete;
        _slow = new SlowScopes(options, time, logger);
        _writer = new GroupedWriter<GroupMember, bool>(
            WriteAsync, new GroupedWriterOptions { MaxItems = options.MaxItems, QueueLimit = options.QueueLimit, Writers = options.Writers });
    }

    /// <summary>Has a member act once what it claims is its own; when this returns, what it did is durable.</summary>
    /// <param name="member">The member.</param>
    /// <param name="cancellationToken">Takes it back while it waits.</param>
    public async Task SubmitAsync(GroupMember member, CancellationToken cancellationToken)
    {
        if (_slow.Contains(member.Scope))
        {
            await WriteAloneAsync(member, cancellationToken).ConfigureAwait(false);
        }
        else if (!await _writer.SubmitAsync(member, cancellationToken).ConfigureAwait(false))
        {
            await WriteAloneAsync(member, CancellationToken.None).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    private async Task WriteAloneAsync(GroupMember member, CancellationToken cancellationToken)
    {
        if ((await TryWriteAsync([member], cancellationToken).ConfigureAwait(false)).Failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Writes all; for each, whether it was written, or is to be written in a unit of its own.</summary>
    private async ValueTask<IReadOnlyList<GroupedAnswer<bool>>> WriteAsync(IReadOnlyList<GroupMember> members)
    {
        // Who threw is left as it is here: its caller has it written alone, and keeps nobody else waiting.
        var answers = new GroupedAnswer<bool>[members.Count];
        var parts = new Stack<(int From, int End)>([(0, members.Count)]);
        while (parts.TryPop(out var part))
        {
            var (from, end) = part;
            if (from == end)
            {
                continue;
            }

            var run = await TryWriteAsync([.. members.Take(from..end)], CancellationToken.None).ConfigureAwait(false);
            if (run.Failure is { } failure && (run.IsHopeless || end - from == 1))
            {
                Array.Fill(answers, failure, from, end - from);
            }
            else if (run.Failure is null)
            {
                for (var i = from; i < end; i++)
                {
                    answers[i] = !run.Left.Contains(members[i]);
                }
            }
            else
            {
                var middle = run.ActingAt is { } thrower ? from + thrower : from + ((end - from) / 2);
                parts.Push((run.ActingAt is null ? middle : middle + 1, end));
                parts.Push((from, middle));
            }
        }

        return answers;
    }

    private async Task<GroupRun> TryWriteAsync(List<GroupMember> set, CancellationToken cancellationToken)
    {
        var run = new GroupRun(set);
        try
        {
            foreach (var member in set)
            {
                member.Reset();
            }

            await WriteAsync(run, cancellationToken).ConfigureAwait(false);
        }
        catch (ContentionException e) when (e.IsHeld && !run.HasBegun && set is [{ } only] && only.TellHeld())
        {
            // Another transaction has claimed the same and is not committed; that is an answer.
        }
        catch (Exception e)
        {
            run.Failure = e;
        }

        return run;
    }

    private async Task WriteAsync(GroupRun run, CancellationToken cancellationToken)
    {
        var unit = await _units.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using (unit.ConfigureAwait(false))
        {
            var rows = new Dictionary<OperationKey, StoredOperation>();
            for (IReadOnlyList<GroupMember> open = run.Set; open.Count > 0;)
            {
                open = await WriteRoundAsync(unit, run, open, rows).ConfigureAwait(false);
            }

            if (!run.HasWritten)
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

        if (run.Proof is not { } proof || (await _store.FindAsync(proof.Key, CancellationToken.None).ConfigureAwait(false))?.Owner != proof.Owner)
        {
            throw new CommitOutcomeUnknownException("The commit of a group was lost, and nothing of it is there. Repeat the request under the same key.");
        }
    }

    /// <summary>Has those act that claim different keys; a repetition in the same set comes after its first, and finds its row.</summary>
    /// <returns>Those that come after them.</returns>
    private async Task<IReadOnlyList<GroupMember>> WriteRoundAsync(
        UnitOfWork unit, GroupRun run, IReadOnlyList<GroupMember> open, Dictionary<OperationKey, StoredOperation> rows)
    {
        var (round, later) = (new List<GroupMember>(open.Count), new List<GroupMember>());
        var taken = new HashSet<OperationKey>();
        foreach (var member in open)
        {
            var keys = member.Requests.Select(request => request.Key).Where(key => !rows.ContainsKey(key)).ToList();
            var isFirst = !keys.Exists(taken.Contains);
            (isFirst ? round : later).Add(member);
            taken.UnionWith(isFirst ? keys : []);
        }

        var claims = await ClaimAsync(unit, round, rows).ConfigureAwait(false);
        run.HasBegun = true;
        unit.IsLent = true;
        var acted = new List<GroupMember>(round.Count);
        foreach (var member in round)
        {
            await ActAsync(unit, run, member, claims, rows, acted, later).ConfigureAwait(false);
        }

        await GiveUpAsync(unit, round.FindAll(run.Left.Contains)).ConfigureAwait(false);
        await FinishAsync(unit, acted).ConfigureAwait(false);
        unit.IsLent = false;
        return later;
    }

    private async Task<Dictionary<OperationKey, OperationClaim>> ClaimAsync(UnitOfWork unit, List<GroupMember> round, Dictionary<OperationKey, StoredOperation> rows)
    {
        var claims = new Dictionary<OperationKey, OperationClaim>();
        foreach (var alike in round.GroupBy(member => member.Terms).OrderBy(alike => alike.Key.Span).ThenBy(alike => alike.Key.MaxAttempts))
        {
            var requests = alike.SelectMany(member => member.Requests).Where(request => !rows.ContainsKey(request.Key)).ToList();
            foreach (var answer in requests.Count > 0 ? await _store.ClaimAsync(unit, requests, alike.Key, CancellationToken.None).ConfigureAwait(false) : [])
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

        return claims;
    }

    private async Task ActAsync(
        UnitOfWork unit, GroupRun run, GroupMember member, Dictionary<OperationKey, OperationClaim> claims, Dictionary<OperationKey, StoredOperation> rows,
        List<GroupMember> acted, List<GroupMember> later)
    {
        var answers = member.Requests.Select(request => claims.TryGetValue(request.Key, out var claim) ? new ClaimAnswer(claim, null) : new ClaimAnswer(null, rows[request.Key])).ToList();
        member.Claims = [.. answers.Where(answer => answer.Claim is not null).Select(answer => answer.Claim!)];
        if (answers is [{ Existing: { } row }] && Operations.HasJustLapsed(row, member.Requests[0].Fingerprint, member.Terms))
        {
            rows.Remove(row.Key);
            later.Add(member);
            return;
        }

        if (run.Set.Count > 1 && member.Claims.Count > 0 && _slow.Contains(member.Scope))
        {
            run.Left.Add(member);
            return;
        }

        run.ActingAt = run.Set.IndexOf(member);
        var started = _time.GetTimestamp();
        try
        {
            await member.ActAsync(unit, answers).ConfigureAwait(false);
        }
        finally
        {
            _slow.Note(member.Scope, started);
        }

        run.ActingAt = null;
        acted.Add(member);
    }

    private async Task GiveUpAsync(UnitOfWork unit, List<GroupMember> left)
    {
        if (left.Count > 0)
        {
            await _store.ReleaseAsync(unit, [.. left.SelectMany(member => member.Claims)], CancellationToken.None).ConfigureAwait(false);
            left.ForEach(member => member.Reset());
        }
    }

    private async Task FinishAsync(UnitOfWork unit, List<GroupMember> acted)
    {
        if (_complete is not null)
        {
            await _complete(unit, acted).ConfigureAwait(false);
        }

        var changes = acted.Select(member => member.Change).OfType<OperationChange>().ToList();
        if (changes.Count > 0)
        {
            var stood = await _store.ChangeAsync(unit, changes, CancellationToken.None).ConfigureAwait(false);
            for (var i = 0; i < changes.Count; i++)
            {
                if (!stood[i])
                {
                    throw new OperationLostException($"The claim of {changes[i].Key} is no longer in the unit of work in which it was made: an effect has removed it.");
                }
            }
        }
    }
}
