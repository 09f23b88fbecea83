using System.Globalization;
using OrderKit.Core;

namespace OrderKit.Idempotency.Tests.Grouping;

/// <summary>Groups under held rows, deadlocks, lost commits and host code that hangs.</summary>
public sealed class CrowdedGroupTests : IAsyncDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly CrowdedDesk _desk = new();

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    [Fact]
    public async Task Callers_that_wait_for_held_rows_take_few_connections_and_delay_nobody_else()
    {
        var (waiting, freed, count) = (NewGate(), NewGate(), 0);
        _desk.OnClaim = async (unit, ids) =>
        {
            if (!ids.Any(static id => id.StartsWith("held", StringComparison.Ordinal)))
            {
                return;
            }

            if (unit.LockWait < Second)
            {
                throw new ContentionException(isHeld: true, new CrowdedDesk.DriverException());
            }

            if (Interlocked.Increment(ref count) == 8)
            {
                waiting.SetResult();
            }

            await freed.Task;
        };

        var held = Enumerable.Range(0, 60).Select(i => _desk.RunAsync(Name("held", i))).ToList();
        await waiting.Task;
        using var cancelled = new CancellationTokenSource();
        var late = _desk.RunAsync("held late", cancellationToken: cancelled.Token);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => _desk.RunAsync(Name("free", i))));
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => late);
        freed.SetResult();

        Assert.All(await Task.WhenAll(held), outcome => Assert.IsType<OperationOutcome<bool>.Applied>(outcome));
        Assert.InRange(_desk.MostOpen, 1, 8 + 1);
    }

    [Fact]
    public async Task A_row_that_stays_held_is_answered_after_a_limit()
    {
        TimeSpan? limit = null;
        _desk.OnClaim = (unit, _) =>
        {
            limit = unit.LockWait;
            throw new ContentionException(isHeld: true, new CrowdedDesk.DriverException());
        };
        Assert.IsType<OperationOutcome<bool>.Running>(await _desk.RunAsync("1"));
        Assert.Equal(TimeSpan.FromSeconds(5), limit);

        _desk.OnClaim = static (_, _) => Task.CompletedTask;
        var held = await Assert.ThrowsAsync<ContentionException>(
            () => _desk.RunAsync("2", static _ => throw new ContentionException(isHeld: true, new CrowdedDesk.DriverException())));
        Assert.True(held.IsHeld);
    }

    [Fact]
    public async Task A_lone_caller_whose_transaction_is_the_victim_of_a_deadlock_acts_again()
    {
        var victims = 4;
        Task Deadlock() => victims-- > 0
            ? throw new ContentionException(isHeld: false, new CrowdedDesk.DriverException())
            : Task.CompletedTask;

        Assert.IsType<OperationOutcome<bool>.Applied>(await _desk.RunAsync("1", _ => Deadlock()));
        Assert.Equal(5, _desk.Begun);

        victims = int.MaxValue;
        Assert.False((await Assert.ThrowsAsync<ContentionException>(() => _desk.RunAsync("2", _ => Deadlock()))).IsHeld);
        Assert.Equal(5 + 5, _desk.Begun);
    }

    [Fact]
    public async Task The_failures_of_neighbours_use_up_nobodys_attempts()
    {
        var conflicts = 1;
        _desk.OnDocument = static number => number.StartsWith("bad", StringComparison.Ordinal) ? throw new DivideByZeroException() : Task.CompletedTask;
        _desk.OnApply = numbers => Task.FromResult(numbers.Select(
            number => number == "good" && conflicts-- > 0 ? EffectEnding.Conflict : EffectEnding.Applied).ToArray());

        var requests = await TogetherAsync(
            () => Enumerable.Range(0, 20).Select(i => Name("bad", i)).Append("good").Select(_desk.AcceptAsync).ToList());

        foreach (var bad in requests.SkipLast(1))
        {
            await Assert.ThrowsAsync<DivideByZeroException>(() => bad);
        }

        Assert.IsType<NotificationOutcome.Applied>(await requests[^1]);
    }

    [Fact]
    public async Task A_lost_commit_whose_claim_cannot_be_looked_up_is_unknown()
    {
        var single = new Idempotency.Operations(_desk, _desk, _desk.Clock);
        _desk.OnCommit = static () => throw new CommitOutcomeUnknownException();
        _desk.OnFind = static () => throw new CrowdedDesk.DriverException();

        var grouped = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => _desk.RunAsync("1"));
        var joined = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => single.RunAsync(
            OperationKey.Of("coupon", "2"), Fingerprint.Nothing, ResultCodec.None, static (_, _) => Task.FromResult(true)));
        var leased = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => single.RunLeasedAsync(
            OperationKey.Of("coupon", "3"), Fingerprint.Nothing, ResultCodec.None, static (_, _) => Task.FromResult(true)));

        Assert.All([grouped, joined, leased], unknown => Assert.IsType<CrowdedDesk.DriverException>(unknown.InnerException));
    }

    [Fact]
    public async Task An_effect_that_hangs_is_cancelled_and_harms_only_its_own_caller()
    {
        var (isCancelled, never) = (false, NewGate());
        var requests = await TogetherAsync(() => new[]
        {
            _desk.RunAsync("1"),
            _desk.RunAsync("hangs", token =>
            {
                token.Register(() => isCancelled = true);
                return never.Task;
            }),
            _desk.RunAsync("2"),
        });

        await _desk.AdvanceUntilAsync(requests[1]);

        await Assert.ThrowsAsync<TimeoutException>(() => requests[1]);
        Assert.IsType<OperationOutcome<bool>.Applied>(await requests[0]);
        Assert.IsType<OperationOutcome<bool>.Applied>(await requests[2]);
        Assert.True(isCancelled);

        // In the group and alone; neither connection is used again.
        Assert.Equal(2, _desk.EndedLent);
        Assert.IsType<OperationOutcome<bool>.Applied>(await _desk.RunAsync("hangs"));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_notification_whose_host_code_hangs_does_not_stop_the_others(bool isDocument)
    {
        var never = NewGate();
        _desk.OnDocument = number => isDocument && number == "hangs" ? never.Task : Task.CompletedTask;
        _desk.OnApply = async numbers =>
        {
            await (numbers.Contains("hangs") ? never.Task : Task.CompletedTask);
            return new EffectEnding[numbers.Count];
        };
        var requests = await TogetherAsync(() => new[] { _desk.AcceptAsync("1"), _desk.AcceptAsync("hangs"), _desk.AcceptAsync("2") });

        await _desk.AdvanceUntilAsync(Task.WhenAll(requests));

        await Assert.ThrowsAsync<TimeoutException>(() => requests[1]);
        Assert.IsType<NotificationOutcome.Applied>(await requests[0]);
        Assert.IsType<NotificationOutcome.Applied>(await requests[2]);
    }

    [Fact]
    public async Task A_notification_that_came_before_does_not_wait_for_those_that_are_written_now()
    {
        await _desk.AcceptAsync("1");
        _desk.FindsBeforeClaims = true;

        var again = await TogetherAsync(() => _desk.AcceptAsync("1").WaitAsync(TimeSpan.Zero));

        var duplicate = Assert.IsType<NotificationOutcome.Duplicate>(await again);
        Assert.Equal((AcknowledgementProtocol.Alipay.Taken, (DateTimeOffset?)_desk.Clock.GetUtcNow()), (duplicate.Acknowledgement, duplicate.FirstAt));
    }

    private static string Name(string kind, int i) => string.Create(CultureInfo.InvariantCulture, $"{kind} {i}");

    private static TaskCompletionSource NewGate() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Keeps the writers busy while requests are made, so that all of them are gathered in one set.</summary>
    private async Task<T> TogetherAsync<T>(Func<T> request)
    {
        var (begun, begunToo, ends, document) = (NewGate(), NewGate(), NewGate(), _desk.OnDocument);
        _desk.OnDocument = number =>
        {
            if (number != "holder")
            {
                return document(number);
            }

            begunToo.SetResult();
            return ends.Task;
        };
        Task[] holders =
        [
            _desk.RunAsync("holder", _ =>
            {
                begun.SetResult();
                return ends.Task;
            }),
            _desk.AcceptAsync("holder"),
        ];
        await Task.WhenAll(begun.Task, begunToo.Task);
        var requests = request();
        ends.SetResult();
        await Task.WhenAll(holders);
        return requests;
    }
}
