using OrderKit.Core;
using OrderKit.Eng;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency.Tests.Operations;

public sealed class LeasedOperationTests : IDisposable
{
    private static readonly OperationPolicy Retrying = new() { OnLapse = LapsePolicy.Retry };

    private readonly Desk _desk = new();

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task It_is_done_once_and_answered_again()
    {
        Assert.Equal("paid 1", Assert.IsType<OperationOutcome<string>.Applied>(await _desk.LeaseAsync()).Result);
        Assert.Equal("paid 1", Assert.IsType<OperationOutcome<string>.Duplicate>(await _desk.LeaseAsync()).Result);
        Assert.Equal(1, _desk.Effects);
    }

    [Fact]
    public async Task While_somebody_is_at_it_others_are_told_when_to_ask_again()
    {
        OperationOutcome<string>? other = null, different = null;
        await _desk.LeaseAsync(async (_, _) =>
        {
            other = await _desk.LeaseAsync();
            different = await _desk.LeaseAsync(asked: Fingerprint.Of(("amount", 1)));
            return await _desk.PayAsync();
        });

        Assert.Equal(TimeSpan.FromSeconds(30), Assert.IsType<OperationOutcome<string>.Running>(other).RetryAfter);
        Assert.IsType<OperationOutcome<string>.Mismatch>(different);
        Assert.Equal(1, _desk.Effects);
    }

    [Fact]
    public async Task A_failure_without_an_effect_is_tried_again_after_a_growing_pause()
    {
        TimeSpan[] pauses = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8)];
        foreach (var pause in pauses)
        {
            await Assert.ThrowsAsync<DivideByZeroException>(() => _desk.LeaseAsync((_, _) => throw new DivideByZeroException()));
            Assert.Equal(pause, Assert.IsType<OperationOutcome<string>.Running>(await _desk.LeaseAsync()).RetryAfter);
            _desk.Clock.Advance(pause);
        }

        Assert.Equal("paid 1", Assert.IsType<OperationOutcome<string>.Applied>(await _desk.LeaseAsync()).Result);
    }

    [Fact]
    public async Task What_failed_too_often_has_failed_for_good()
    {
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            await Assert.ThrowsAsync<DivideByZeroException>(() => _desk.LeaseAsync((operation, _) => throw new DivideByZeroException($"attempt {operation.Attempt}")));
            _desk.Clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal("DivideByZeroException: attempt 5", Assert.IsType<OperationOutcome<string>.Failed>(await _desk.LeaseAsync()).Error);
        Assert.Equal(0, _desk.Effects);
    }

    [Fact]
    public async Task A_timeout_leaves_it_open_whether_the_money_moved_and_nobody_moves_it_again()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => _desk.LeaseAsync((_, _) => throw new TimeoutException("the bank is silent")));

        Assert.Equal(OperationState.Unknown, await _desk.StateAsync());
        Assert.Equal("TimeoutException: the bank is silent", Assert.IsType<OperationOutcome<string>.Held>(await _desk.LeaseAsync()).Reason);
        Assert.Equal(0, _desk.Effects);
    }

    [Fact]
    public async Task What_has_happened_and_cannot_be_written_down_is_not_begun_again()
    {
        var small = new OperationPolicy { MaxResult = 5 };

        await Assert.ThrowsAsync<InvalidOperationException>(() => _desk.LeaseAsync(policy: small));

        Assert.Equal(OperationState.Unknown, await _desk.StateAsync());
        Assert.IsType<OperationOutcome<string>.Held>(await _desk.LeaseAsync());
        Assert.Equal(1, _desk.Effects);
    }

    [Theory]
    [InlineData(LapsePolicy.Retry)]
    [InlineData(LapsePolicy.Hold)]
    public async Task A_pause_that_ends_between_claim_and_read_is_over(LapsePolicy onLapse)
    {
        var policy = new OperationPolicy { OnLapse = onLapse };
        await Assert.ThrowsAsync<DivideByZeroException>(() => _desk.LeaseAsync((_, _) => throw new DivideByZeroException(), policy));
        var slow = new Idempotency.Operations(new SlowReader(_desk.Store, () => _desk.Clock.Advance(TimeSpan.FromSeconds(1))), _desk.Database, _desk.Clock);

        var outcome = await slow.RunLeasedAsync(Desk.Refund, Desk.Asked, ResultCodec.Text, (_, _) => _desk.PayAsync(), policy);

        Assert.IsType<OperationOutcome<string>.Applied>(outcome);
    }

    [Fact]
    public async Task A_worker_that_is_gone_leaves_its_operation_held()
    {
        await AbandonAsync(OperationPolicy.Default);

        Assert.IsType<OperationOutcome<string>.Held>(await _desk.LeaseAsync());
        Assert.Equal(OperationState.Unknown, await _desk.StateAsync());
        Assert.IsType<OperationOutcome<string>.Held>(await _desk.LeaseAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_provider_is_asked_whether_the_money_moved(bool moved)
    {
        var asked = 0;
        var policy = new OperationPolicy
        {
            OnLapse = LapsePolicy.Resolve,
            Resolver = (_, _) =>
            {
                asked++;
                return Task.FromResult<Resolution>(moved ? new Resolution.Done("paid by the lost one"u8.ToArray()) : new Resolution.NotDone());
            },
        };
        await AbandonAsync(policy);

        var outcome = await _desk.LeaseAsync(policy: policy);

        Assert.Equal(moved ? "paid by the lost one" : "paid 1", outcome is OperationOutcome<string>.Duplicate replayed ? replayed.Result : Assert.IsType<OperationOutcome<string>.Applied>(outcome).Result);
        Assert.Equal(moved ? 0 : 1, _desk.Effects);
        Assert.IsType<OperationOutcome<string>.Duplicate>(await _desk.LeaseAsync(policy: policy));
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task A_person_says_what_became_of_a_held_operation()
    {
        await AbandonAsync(OperationPolicy.Default);
        await _desk.LeaseAsync();
        var held = Assert.Single(await _desk.Store.ListInterruptedAsync(TenantId.Default, 10));

        Assert.True(await _desk.Service.ResolveAsync(held, new Resolution.Done("seen in the bank's file"u8.ToArray())));
        Assert.False(await _desk.Service.ResolveAsync(held, new Resolution.NotDone()));

        Assert.Equal("seen in the bank's file", Assert.IsType<OperationOutcome<string>.Duplicate>(await _desk.LeaseAsync()).Result);
        Assert.Equal(0, _desk.Effects);
    }

    [Fact]
    public async Task Whoever_was_taken_over_cannot_finish()
    {
        var lost = await AbandonAsync(Retrying);
        Assert.IsType<OperationOutcome<string>.Applied>(await _desk.LeaseAsync(policy: Retrying));

        var unit = await _desk.Database.BeginAsync();
        await using (unit)
        {
            var refused = await Assert.ThrowsAsync<OperationLostException>(() => lost.FinishAsync(unit, ResultCodec.Text, "paid twice"));
            Assert.Equal(lost.Claim, refused.Claim);
        }

        Assert.Equal("paid 1", Assert.IsType<OperationOutcome<string>.Duplicate>(await _desk.LeaseAsync(policy: Retrying)).Result);
    }

    [Fact]
    public async Task An_operation_whose_workers_are_lost_each_time_is_given_up()
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            await AbandonAsync(Retrying);
        }

        Assert.Contains("begun 5 times", Assert.IsType<OperationOutcome<string>.Failed>(await _desk.LeaseAsync(policy: Retrying)).Error, StringComparison.Ordinal);
        Assert.Equal(0, _desk.Effects);
    }

    [Fact]
    public async Task The_lease_of_a_long_operation_is_renewed_while_it_lasts()
    {
        var outcome = await _desk.LeaseAsync(async (_, _) =>
        {
            for (var third = 0; third < 30; third++)
            {
                _desk.Clock.Advance(TimeSpan.FromSeconds(10));
                await RenewedAsync();
            }

            Assert.IsType<OperationOutcome<string>.Running>(await _desk.LeaseAsync(policy: Retrying));
            return await _desk.PayAsync();
        });

        Assert.IsType<OperationOutcome<string>.Applied>(outcome);
        Assert.Equal(1, _desk.Effects);
    }

    [Fact]
    public async Task A_part_that_is_done_is_not_done_again()
    {
        var charges = 0;
        var keys = new List<string>();
        Task<string> RefundAsync(LeasedOperation operation, bool crashes) => RunAsync(operation, crashes);
        async Task<string> RunAsync(LeasedOperation operation, bool crashes)
        {
            keys.Add(operation.DownstreamKey("bank"));
            var charge = await operation.StepAsync("charged", ResultCodec.Text, _ => Task.FromResult($"charge {++charges}"));
            if (crashes)
            {
                throw new DivideByZeroException();
            }

            return await operation.StepAsync("mailed", ResultCodec.Text, _ => Task.FromResult($"{charge} mailed"));
        }

        await Assert.ThrowsAsync<DivideByZeroException>(() => _desk.LeaseAsync((operation, _) => RefundAsync(operation, crashes: true)));
        _desk.Clock.Advance(TimeSpan.FromMinutes(1));
        var outcome = await _desk.LeaseAsync((operation, _) => RefundAsync(operation, crashes: false));

        Assert.Equal("charge 1 mailed", Assert.IsType<OperationOutcome<string>.Applied>(outcome).Result);
        Assert.Single(keys.Distinct());
        Assert.Equal(1, charges);
    }

    [Fact]
    public async Task An_effect_that_finishes_in_its_own_unit_is_not_finished_again()
    {
        var outcome = await _desk.LeaseAsync(async (operation, cancellationToken) =>
        {
            await using var unit = await _desk.Database.BeginAsync(cancellationToken);
            var result = await _desk.PayAsync();
            await operation.FinishAsync(unit, ResultCodec.Text, result);
            await unit.CommitAsync(cancellationToken);
            return result;
        });

        Assert.IsType<OperationOutcome<string>.Applied>(outcome);
        Assert.Equal(OperationState.Succeeded, await _desk.StateAsync());
    }

    // Claims as a worker does, and dies: nothing is finished, and the clock goes on until its lease is over.
    private async Task<LeasedOperation> AbandonAsync(OperationPolicy policy)
    {
        var unit = await _desk.Database.BeginAsync();
        await using (unit)
        {
            var terms = new ClaimTerms(OperationState.Running, policy.Lease, policy.MaxAttempts, policy.OnLapse == LapsePolicy.Retry);
            var answer = (await _desk.Store.ClaimAsync(unit, [new OperationRequest(Desk.Refund, Desk.Asked, Guid.NewGuid())], terms))[0];
            await unit.CommitAsync();
            _desk.Clock.Advance(policy.Lease);
            return new LeasedOperation(answer.Claim!, policy, _desk.Store, _desk.Database);
        }
    }

    /// <summary>Reads the row of a lost claim only after a while, as a store does whose statements take time.</summary>
    private sealed class SlowReader(IOperationStore inner, Action wait) : ForwardingOperationStore(inner)
    {
        public override async ValueTask<IReadOnlyList<ClaimAnswer>> ClaimAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OperationRequest> requests, ClaimTerms terms, CancellationToken cancellationToken = default)
        {
            var answers = await base.ClaimAsync(unitOfWork, requests, terms, cancellationToken);
            if (answers[0].Existing is not { IsLapsed: false } row)
            {
                return answers;
            }

            wait();
            return [new ClaimAnswer(null, row with { IsLapsed = true, RetryAfter = TimeSpan.Zero })];
        }
    }

    private async Task RenewedAsync()
    {
        while ((await _desk.Store.FindAsync(Desk.Refund))!.RetryAfter <= TimeSpan.FromSeconds(20))
        {
            await Task.Yield();
        }
    }
}
