using OrderKit.Eng;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency.Tests.Operations;

/// <summary>Requests that come while another one of the same operation runs, and wait for it.</summary>
public sealed class WaitingTests : IDisposable
{
    private const int Many = 1_000;

    // So long that no lease ends while the clock is moved for somebody who waits.
    private static readonly OperationPolicy Patient = new() { WaitWhileRunning = TimeSpan.FromDays(1), Lease = TimeSpan.FromDays(30) };

    private readonly Desk _desk = new();
    private readonly TaskCompletionSource _mayEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task A_thousand_duplicates_wait_for_the_first_and_hear_its_result()
    {
        var looks = new CountingStore(_desk.Store);
        var service = new Idempotency.Operations(looks, _desk.Database, _desk.Clock);
        var first = LeaseAsync(service);
        var others = Enumerable.Range(0, Many).Select(_ => LeaseAsync(service)).ToList();
        Assert.DoesNotContain(others, other => other.IsCompleted);

        _mayEnd.SetResult();
        Assert.Equal("paid 1", Assert.IsType<OperationOutcome<string>.Applied>(await first).Result);

        Assert.All(await Task.WhenAll(others), answer => Assert.Equal("paid 1", Assert.IsType<OperationOutcome<string>.Duplicate>(answer).Result));
        Assert.Equal(1, _desk.Effects);

        // One asked for all; a second look may come where the first came before the end was written.
        Assert.InRange(looks.Finds, 1, 2);
    }

    [Fact]
    public async Task Where_the_first_fails_one_of_those_who_wait_does_it()
    {
        var attempts = 0;
        var others = new List<Task<OperationOutcome<string>>>();
        var first = _desk.LeaseAsync(async (_, _) =>
        {
            attempts++;
            others.AddRange(Enumerable.Range(0, 50).Select(_ => _desk.LeaseAsync((_, _) =>
            {
                attempts++;
                return _desk.PayAsync();
            }, Patient)));
            await _mayEnd.Task;
            throw new DivideByZeroException();
        }, Patient);

        _mayEnd.SetResult();
        await Assert.ThrowsAsync<DivideByZeroException>(() => first);
        await AdvanceUntilAsync(Task.WhenAll(others), TimeSpan.FromMilliseconds(1));

        var answers = await Task.WhenAll(others);
        Assert.Single(answers.OfType<OperationOutcome<string>.Applied>());
        Assert.Equal(49, answers.OfType<OperationOutcome<string>.Duplicate>().Count());
        Assert.Equal(2, attempts);
        Assert.Equal(1, _desk.Effects);
    }

    [Fact]
    public async Task The_end_of_a_worker_elsewhere_is_found_by_looking()
    {
        var elsewhere = new Idempotency.Operations(_desk.Store, _desk.Database, _desk.Clock);
        var first = LeaseAsync(elsewhere);
        var other = LeaseAsync(_desk.Service);

        _mayEnd.SetResult();
        await first;
        await AdvanceUntilAsync(other, TimeSpan.FromMilliseconds(1));

        Assert.IsType<OperationOutcome<string>.Duplicate>(await other);
    }

    [Fact]
    public async Task Who_has_waited_long_enough_is_told_that_it_runs()
    {
        var first = LeaseAsync(_desk.Service);
        var other = LeaseAsync(_desk.Service);
        await AdvanceUntilAsync(other, TimeSpan.FromMinutes(1));

        Assert.IsType<OperationOutcome<string>.Running>(await other);
        _mayEnd.SetResult();
        await first;
    }

    [Fact]
    public async Task Who_asks_for_something_else_does_not_wait()
    {
        var first = LeaseAsync(_desk.Service);

        Assert.IsType<OperationOutcome<string>.Mismatch>(await _desk.LeaseAsync(policy: Patient, asked: Fingerprint.Of(("amount", 1))));
        _mayEnd.SetResult();
        await first;
    }

    [Fact]
    public async Task Who_gives_up_leaves_the_others_waiting()
    {
        using var impatient = new CancellationTokenSource();
        var first = LeaseAsync(_desk.Service);
        var leaving = _desk.Service.RunLeasedAsync(Desk.Refund, Desk.Asked, ResultCodec.Text, (_, _) => _desk.PayAsync(), Patient, impatient.Token);
        var staying = LeaseAsync(_desk.Service);
        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        _mayEnd.SetResult();
        await first;
        Assert.IsType<OperationOutcome<string>.Duplicate>(await staying);
    }

    private Task<OperationOutcome<string>> LeaseAsync(Idempotency.Operations service) => service.RunLeasedAsync(
        Desk.Refund, Desk.Asked, ResultCodec.Text, async (_, _) =>
        {
            await _mayEnd.Task;
            return await _desk.PayAsync();
        }, Patient);

    // Small steps: the others run while the clock moves, and must not be overtaken by the end of their wait on a busy machine.
    private async Task AdvanceUntilAsync(Task end, TimeSpan step)
    {
        while (!end.IsCompleted)
        {
            _desk.Clock.Advance(step);
            await Task.Yield();
        }
    }

    private sealed class CountingStore(IOperationStore inner) : ForwardingOperationStore(inner)
    {
        private int _finds;

        public int Finds => _finds;

        public override ValueTask<StoredOperation?> FindAsync(OperationKey key, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _finds);
            return base.FindAsync(key, cancellationToken);
        }
    }
}
