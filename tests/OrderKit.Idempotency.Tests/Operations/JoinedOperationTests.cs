using OrderKit.Core;
using OrderKit.Core.Storage;

namespace OrderKit.Idempotency.Tests.Operations;

public sealed class JoinedOperationTests : IDisposable
{
    private readonly Desk _desk = new();

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task Whoever_asks_again_hears_what_came_of_it_the_first_time()
    {
        var first = Assert.IsType<OperationOutcome<string>.Applied>(await _desk.JoinAsync());
        _desk.Clock.Advance(TimeSpan.FromHours(25));
        var again = Assert.IsType<OperationOutcome<string>.Duplicate>(await _desk.JoinAsync());

        Assert.Equal(("paid 1", CommitState.Committed), (first.Result, first.State));
        Assert.Equal("paid 1", again.Result);
        Assert.Equal(_desk.Clock.GetUtcNow().AddHours(-25), again.FirstAt);
        Assert.Equal(1, _desk.Effects);
    }

    [Fact]
    public async Task Something_else_under_the_same_key_is_refused_and_the_difference_named()
    {
        await _desk.JoinAsync();

        var refused = Assert.IsType<OperationOutcome<string>.Mismatch>(await _desk.JoinAsync(asked: Fingerprint.Of(("amount", 1))));

        Assert.Equal(["amount"], refused.Fields);
        Assert.IsType<OperationOutcome<string>.Duplicate>(await _desk.JoinAsync());
        Assert.Equal(1, _desk.Effects);
    }

    [Fact]
    public async Task An_effect_that_throws_was_never_asked_for()
    {
        await Assert.ThrowsAsync<DivideByZeroException>(() => _desk.Service.RunAsync<string>(Desk.Refund, Desk.Asked, ResultCodec.Text, (_, _) => throw new DivideByZeroException()));

        Assert.Null(await _desk.StateAsync());
        Assert.IsType<OperationOutcome<string>.Applied>(await _desk.JoinAsync());
    }

    [Fact]
    public async Task A_failure_for_good_is_answered_again()
    {
        var failed = Assert.IsType<OperationOutcome<string>.Failed>(
            await _desk.Service.RunAsync<string>(Desk.Refund, Desk.Asked, ResultCodec.Text, (_, _) => throw new OperationFailedException("The account is closed.")));
        var again = Assert.IsType<OperationOutcome<string>.Failed>(await _desk.JoinAsync());

        Assert.Equal(("The account is closed.", (DateTimeOffset?)null), (failed.Error, failed.FailedAt));
        Assert.Equal(("The account is closed.", (DateTimeOffset?)_desk.Clock.GetUtcNow()), (again.Error, again.FailedAt));
        Assert.Equal(0, _desk.Effects);
    }

    [Fact]
    public async Task A_failure_is_kept_for_as_long_as_the_policy_says_and_no_longer()
    {
        await _desk.Service.RunAsync<string>(Desk.Refund, Desk.Asked, ResultCodec.Text, (_, _) => throw new OperationFailedException("No."));

        _desk.Clock.Advance(OperationPolicy.Default.FailureRetention);

        Assert.IsType<OperationOutcome<string>.Applied>(await _desk.JoinAsync());
    }

    [Fact]
    public async Task A_result_that_cannot_be_kept_takes_its_effect_with_it()
    {
        var small = new OperationPolicy { MaxResult = 5 };

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => _desk.JoinAsync(policy: small));
        await Assert.ThrowsAsync<NotSupportedException>(() => _desk.Service.RunAsync(
            Desk.Refund, Desk.Asked, new ResultCodec<string>(_ => throw new NotSupportedException("cannot be written"), _ => ""), (_, _) => _desk.PayAsync()));

        Assert.Contains("6 bytes", refused.Message, StringComparison.Ordinal);
        Assert.Null(await _desk.StateAsync());
    }

    [Fact]
    public async Task In_the_hosts_unit_everything_stands_or_falls_with_it()
    {
        await using (var unit = await _desk.Database.BeginAsync())
        {
            Assert.IsType<OperationOutcome<string>.Applied>(await _desk.Service.RunAsync(unit, Desk.Refund, Desk.Asked, ResultCodec.Text, (_, _) => _desk.PayAsync()));
            Assert.IsType<OperationOutcome<string>.Duplicate>(await _desk.Service.RunAsync(unit, Desk.Refund, Desk.Asked, ResultCodec.Text, (_, _) => _desk.PayAsync()));
        }

        Assert.Null(await _desk.StateAsync());
    }

    [Fact]
    public async Task A_unit_of_the_host_is_pending_and_an_effect_that_throws_leaves_no_claim_in_it()
    {
        await using var unit = await _desk.Database.BeginAsync();
        await Assert.ThrowsAsync<DivideByZeroException>(() => _desk.Service.RunAsync<string>(unit, Desk.Refund, Desk.Asked, ResultCodec.Text, (_, _) => throw new DivideByZeroException()));

        // The host goes on all the same.
        var outcome = Assert.IsType<OperationOutcome<string>.Applied>(await _desk.Service.RunAsync(unit, Desk.Refund, Desk.Asked, ResultCodec.Text, (_, _) => _desk.PayAsync()));
        await unit.CommitAsync();

        Assert.Equal(CommitState.PendingCommit, outcome.State);
        Assert.Equal(OperationState.Succeeded, await _desk.StateAsync());
    }

    [Fact]
    public async Task Expired_operations_are_swept_in_batches()
    {
        for (var i = 0; i < 25; i++)
        {
            await _desk.JoinAsync(OperationKey.Of("refund", $"{i}"));
        }

        _desk.Clock.Advance(OperationPolicy.Default.SuccessRetention);

        Assert.Equal(25, await _desk.Service.SweepAsync(batchSize: 10));
        Assert.Equal(0, await _desk.Service.SweepAsync());
    }

    [Fact]
    public async Task Of_a_thousand_at_once_one_is_done()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => Task.Run(() => _desk.JoinAsync())));

        Assert.Equal(1, _desk.Effects);
        Assert.Single(outcomes.OfType<OperationOutcome<string>.Applied>());
        Assert.Equal(999, outcomes.OfType<OperationOutcome<string>.Duplicate>().Count(outcome => outcome.Result == "paid 1"));
    }

    [Fact]
    public void Keys_of_further_calls_are_the_same_whenever_the_operation_is_repeated()
    {
        // SHA-256 over the version, and tenant, scope, key and name behind their lengths.
        using var unit = new InMemoryDatabase();
        var operation = new JoinedOperation(null!, Desk.Refund);

        Assert.Equal(operation.DownstreamKey("bank"), new JoinedOperation(null!, Desk.Refund).DownstreamKey("bank"));
        Assert.NotEqual(operation.DownstreamKey("bank"), operation.DownstreamKey("mail"));
        Assert.Matches("^[0-9a-f]{32}$", operation.DownstreamKey("bank"));
    }

    [Fact]
    public async Task A_key_that_was_never_made_is_refused_before_a_store_is_asked()
    {
        var operations = new OrderKit.Idempotency.Operations(_desk.Store, _desk.Database);

        Assert.Contains("OperationKey.Of", (await Assert.ThrowsAsync<ArgumentException>(
            () => operations.RunAsync(default, Fingerprint.Nothing, ResultCodec.None, static (_, _) => Task.FromResult(true)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_that_makes_no_sense_is_refused_with_all_its_faults()
    {
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => _desk.JoinAsync(policy: new OperationPolicy { Lease = TimeSpan.Zero, MaxAttempts = 0, OnLapse = LapsePolicy.Resolve }));

        Assert.Contains("Lease is 00:00:00", refused.Message, StringComparison.Ordinal);
        Assert.Contains("MaxAttempts is 0", refused.Message, StringComparison.Ordinal);
        Assert.Contains("there is no Resolver", refused.Message, StringComparison.Ordinal);
    }
}
