using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency.Tests.Grouping;

public sealed class GroupedOperationTests : IAsyncDisposable
{
    private readonly GroupDesk _desk = new();

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    [Fact]
    public async Task A_lone_caller_does_not_wait_for_company()
    {
        // The clock stands still: whatever waited for a time would wait for ever.
        var done = Assert.IsType<OperationOutcome<string>.Applied>(await _desk.RunAsync("1"));

        Assert.Equal(("granted 1", CommitState.Committed), (done.Result, done.State));
        Assert.Equal(OperationState.Succeeded, await _desk.StateAsync("1"));
    }

    [Fact]
    public async Task Whoever_asks_again_hears_what_came_of_it_the_first_time()
    {
        await _desk.RunAsync("1");
        _desk.Clock.Advance(TimeSpan.FromHours(25));

        var again = Assert.IsType<OperationOutcome<string>.Duplicate>(await _desk.RunAsync("1"));
        var other = Assert.IsType<OperationOutcome<string>.Mismatch>(await _desk.RunAsync("1", Fingerprint.Of(("amount", 1))));

        Assert.Equal(("granted 1", _desk.Clock.GetUtcNow().AddHours(-25)), (again.Result, again.FirstAt));
        Assert.Equal(["amount"], other.Fields);
        Assert.Equal(["1"], _desk.Rows);
    }

    [Fact]
    public async Task Callers_at_the_same_time_share_a_unit_of_work()
    {
        var answers = await Task.WhenAll(await _desk.TogetherAsync(() => Ids(256).Select(id => _desk.RunAsync(id)).ToList()));

        Assert.All(answers, answer => Assert.IsType<OperationOutcome<string>.Applied>(answer));
        Assert.Equal(Ids(256), _desk.Rows);
        Assert.Equal(1 + 1, _desk.Units);
    }

    [Fact]
    public async Task Of_256_the_one_that_throws_is_told_so_and_255_are_done()
    {
        var requests = await _desk.TogetherAsync(() => Ids(256).Select(id => _desk.RunAsync(id, then: () => _ = id == "137" ? throw new DivideByZeroException() : 0)).ToList());

        await Assert.ThrowsAsync<DivideByZeroException>(() => requests[137]);
        Assert.All(await Task.WhenAll(requests.Where((_, i) => i != 137)), answer => Assert.IsType<OperationOutcome<string>.Applied>(answer));
        Assert.Equal(Ids(256).Where(id => id != "137"), _desk.Rows);
        Assert.Null(await _desk.StateAsync("137"));

        // The holder's; the one that failed, those before and those after it; and the one that threw, alone.
        Assert.Equal(1 + 3 + 1, _desk.Units);
        Assert.Equal(138 + 137 + 118 + 1, _desk.Acts.Count);
    }

    [Theory, MemberData(nameof(Outages))]
    public async Task What_looks_like_an_outage_is_only_its_own_where_an_effect_throws_it(Exception failure)
    {
        var requests = await _desk.TogetherAsync(() => Ids(64).Select(id => _desk.RunAsync(id, then: () => _ = id == "13" ? throw failure : 0)).ToList());

        Assert.Same(failure, await Record.ExceptionAsync(() => requests[13]));
        Assert.All(await Task.WhenAll(requests.Where((_, i) => i != 13)), answer => Assert.IsType<OperationOutcome<string>.Applied>(answer));
        Assert.Equal(Ids(64).Where(id => id != "13"), _desk.Rows);
    }

    [Fact]
    public async Task However_many_throw_nobody_else_is_harmed()
    {
        static bool Throws(string id) => int.Parse(id, CultureInfo.InvariantCulture) % 7 == 3;
        var requests = await _desk.TogetherAsync(() => Ids(100).Select(id => _desk.RunAsync(id, then: () => _ = Throws(id) ? throw new DivideByZeroException() : 0)).ToList());

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(Throws(Ids(100)[i]), await Record.ExceptionAsync(() => requests[i]) is DivideByZeroException);
        }

        Assert.Equal(Ids(100).Where(id => !Throws(id)).Order(), _desk.Rows.Order());
    }

    [Fact]
    public async Task The_same_key_twice_in_one_set_is_done_once()
    {
        var requests = await _desk.TogetherAsync(() => new[]
        {
            _desk.RunAsync("1"), _desk.RunAsync("2"), _desk.RunAsync("1"), _desk.RunAsync("1", Fingerprint.Of(("amount", 1))), _desk.RunAsync("1"),
        });
        var answers = await Task.WhenAll(requests);

        Assert.Equal(["1", "2"], _desk.Rows);
        Assert.All(answers[..2], answer => Assert.IsType<OperationOutcome<string>.Applied>(answer));
        Assert.Equal(("granted 1", _desk.Clock.GetUtcNow()), Assert.IsType<OperationOutcome<string>.Duplicate>(answers[2]) is var again ? (again.Result, again.FirstAt) : default);
        Assert.Equal(["amount"], Assert.IsType<OperationOutcome<string>.Mismatch>(answers[3]).Fields);
        Assert.IsType<OperationOutcome<string>.Duplicate>(answers[4]);
        Assert.Equal(1 + 1, _desk.Units);
    }

    [Fact]
    public async Task Where_the_first_of_a_key_throws_the_second_does_it()
    {
        var requests = await _desk.TogetherAsync(() => new[] { _desk.RunAsync("1", then: Once(new DivideByZeroException())), _desk.RunAsync("1"), _desk.RunAsync("1") });

        // The first one is written alone after the others, and finds it done.
        Assert.IsType<OperationOutcome<string>.Duplicate>(await requests[0]);
        Assert.IsType<OperationOutcome<string>.Applied>(await requests[1]);
        Assert.IsType<OperationOutcome<string>.Duplicate>(await requests[2]);
        Assert.Equal(["1"], _desk.Rows);
    }

    [Fact]
    public async Task A_failure_for_good_is_kept_and_answered_again()
    {
        var requests = await _desk.TogetherAsync(() => new[]
        {
            _desk.Service.RunAsync<string>(GroupDesk.Key("1"), GroupDesk.Asked, ResultCodec.Text, (_, _) => throw new OperationFailedException("The account is closed.")),
            _desk.RunAsync("1"),
            _desk.RunAsync("2"),
        });

        var failed = Assert.IsType<OperationOutcome<string>.Failed>(await requests[0]);
        var again = Assert.IsType<OperationOutcome<string>.Failed>(await requests[1]);
        Assert.Equal(("The account is closed.", (DateTimeOffset?)null), (failed.Error, failed.FailedAt));
        Assert.Equal(("The account is closed.", (DateTimeOffset?)_desk.Clock.GetUtcNow()), (again.Error, again.FailedAt));
        Assert.Equal(["2"], _desk.Rows);

        _desk.Clock.Advance(OperationPolicy.Default.FailureRetention);
        Assert.IsType<OperationOutcome<string>.Applied>(await _desk.RunAsync("1"));
    }

    [Fact]
    public async Task A_result_that_cannot_be_kept_is_its_own_callers_failure()
    {
        var unwritable = new ResultCodec<string>(_ => throw new NotSupportedException("cannot be written"), _ => "");
        var requests = await _desk.TogetherAsync(() => new[]
        {
            _desk.RunAsync("1"), _desk.RunAsync("2", policy: new OperationPolicy { MaxResult = 5 }), _desk.RunAsync("3", codec: unwritable), _desk.RunAsync("4"),
        });

        Assert.Contains("9 bytes", (await Assert.ThrowsAsync<InvalidOperationException>(() => requests[1])).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NotSupportedException>(() => requests[2]);
        Assert.IsType<OperationOutcome<string>.Applied>(await requests[0]);
        Assert.IsType<OperationOutcome<string>.Applied>(await requests[3]);
        Assert.Equal(["1", "4"], _desk.Rows.Order());
    }

    [Fact]
    public async Task Each_is_kept_for_as_long_as_its_own_policy_says()
    {
        var brief = new OperationPolicy { SuccessRetention = TimeSpan.FromMinutes(1) };
        await Task.WhenAll(await _desk.TogetherAsync(() => new[] { _desk.RunAsync("brief", policy: brief), _desk.RunAsync("long"), _desk.RunAsync("brief too", policy: brief) }));

        _desk.Clock.Advance(brief.SuccessRetention);

        Assert.Equal(1 + 1, _desk.Units);
        Assert.IsType<OperationOutcome<string>.Applied>(await _desk.RunAsync("brief"));
        Assert.IsType<OperationOutcome<string>.Applied>(await _desk.RunAsync("brief too"));
        Assert.IsType<OperationOutcome<string>.Duplicate>(await _desk.RunAsync("long"));
    }

    [Fact]
    public async Task One_that_runs_under_a_lease_elsewhere_is_told_so_and_done_when_its_pause_is_over()
    {
        var leased = new Idempotency.Operations(_desk.Store, _desk.Database, _desk.Clock);
        await Assert.ThrowsAsync<DivideByZeroException>(() => leased.RunLeasedAsync<string>(GroupDesk.Key("1"), GroupDesk.Asked, ResultCodec.Text, (_, _) => throw new DivideByZeroException()));

        Assert.Equal(TimeSpan.FromSeconds(1), Assert.IsType<OperationOutcome<string>.Running>(await _desk.RunAsync("1")).RetryAfter);
        _desk.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<OperationOutcome<string>.Applied>(await _desk.RunAsync("1"));
    }

    [Fact]
    public async Task A_cancelled_request_is_taken_back_while_it_waits_and_finished_once_it_is_being_written()
    {
        using var cancelled = new CancellationTokenSource();
        var written = _desk.RunAsync("written", then: cancelled.Cancel, cancellationToken: cancelled.Token);
        Assert.IsType<OperationOutcome<string>.Applied>(await written);

        using var waiting = new CancellationTokenSource();
        var requests = await _desk.TogetherAsync(() =>
        {
            var all = new[] { _desk.RunAsync("1"), _desk.RunAsync("2", cancellationToken: waiting.Token), _desk.RunAsync("3") };
            waiting.Cancel();
            return all;
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => requests[1]);
        await Task.WhenAll(requests[0], requests[2]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _desk.RunAsync("4", cancellationToken: waiting.Token));
        Assert.Equal(["written", "1", "3"], _desk.Rows);
    }

    [Fact]
    public async Task A_slow_effect_is_answered_and_others_of_its_kind_keep_nobody_waiting()
    {
        var slow = 0L;
        using var listener = new MeterListener { InstrumentPublished = (instrument, listens) => { if (instrument.Name == OrderKitTelemetry.SlowEffectsCounterName) { listens.EnableMeasurementEvents(instrument); } } };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref slow, count));
        listener.Start();
        Task<OperationOutcome<string>> Slow(string id) => _desk.RunAsync(id, scope: "report", then: () => _desk.Clock.Advance(TimeSpan.FromMilliseconds(51)));

        var requests = await _desk.TogetherAsync(() => new[] { Slow("1"), _desk.RunAsync("quick"), Slow("2"), Slow("3"), Slow("1") });
        var answers = await Task.WhenAll(requests);

        Assert.All(answers[..4], answer => Assert.IsType<OperationOutcome<string>.Applied>(answer));
        Assert.IsType<OperationOutcome<string>.Duplicate>(answers[4]);
        Assert.Equal(["1", "2", "3", "quick"], _desk.Rows.Order());

        // The holder's, the group's, and one for the third, which is left out of it: one that is alone delays nobody and is not counted.
        Assert.Equal(1 + 1 + 1, _desk.Units);
        Assert.Contains("'report' kept its group waiting for 00:00:00.0510000", Assert.Single(_desk.Warnings), StringComparison.Ordinal);
        Assert.True(slow >= 2);
    }

    [Fact]
    public async Task A_kind_that_was_slow_shares_a_unit_again_after_a_pause()
    {
        await Task.WhenAll(await _desk.TogetherAsync(() => new[] { Slow("0"), Slow("1") }));
        await Task.WhenAll(await _desk.TogetherAsync(() => new[] { _desk.RunAsync("2"), _desk.RunAsync("3") }));
        Assert.Equal(1 + 1 + 1 + 2, _desk.Units);

        _desk.Clock.Advance(new GroupedOperationsOptions().SlowEffectPause);
        await Task.WhenAll(await _desk.TogetherAsync(() => new[] { _desk.RunAsync("4"), _desk.RunAsync("5") }));

        Assert.Equal(5 + 1 + 1, _desk.Units);
        Assert.Equal(["0", "1", "2", "3", "4", "5"], _desk.Rows.Order());
    }

    [Fact]
    public async Task One_slow_effect_or_slow_ones_that_are_alone_do_not_part_a_kind()
    {
        await Slow("1");
        await Slow("2");
        await Task.WhenAll(await _desk.TogetherAsync(() => new[] { Slow("3"), _desk.RunAsync("4"), Slow("5"), _desk.RunAsync("6") }));
        Assert.Equal(2 + 1 + 1, _desk.Units);

        await Task.WhenAll(await _desk.TogetherAsync(() => new[] { _desk.RunAsync("7"), _desk.RunAsync("8") }));

        Assert.Equal(4 + 1 + 1, _desk.Units);
        Assert.Empty(_desk.Warnings);
    }

    [Fact]
    public async Task Where_everybody_throws_few_transactions_are_shared_before_each_acts_alone()
    {
        var requests = await _desk.TogetherAsync(() => Ids(64).Select(id => _desk.RunAsync(id, then: () => throw new DivideByZeroException())).ToList());

        foreach (var request in requests)
        {
            await Assert.ThrowsAsync<DivideByZeroException>(() => request);
        }

        // The holder's, 12 tries of the set and one more, and one for each member.
        Assert.Equal(1 + 12 + 1 + 64, _desk.Units);
    }

    [Fact]
    public async Task A_store_that_cannot_be_reached_is_tried_once_for_all()
    {
        var requests = await _desk.TogetherAsync(() =>
        {
            _desk.Outage = new TimeoutException("The server does not answer.");
            return Ids(20).Select(id => _desk.RunAsync(id)).ToList();
        });

        foreach (var request in requests)
        {
            await Assert.ThrowsAsync<TimeoutException>(() => request);
        }

        Assert.Equal(1 + 1, _desk.Units);
        _desk.Outage = null;
        Assert.IsType<OperationOutcome<string>.Applied>(await _desk.RunAsync("0"));
    }

    [Fact]
    public async Task An_effect_that_removes_its_own_claim_is_not_answered_as_done()
    {
        var requests = await _desk.TogetherAsync(() => new[]
        {
            _desk.RunAsync("1"),
            _desk.Service.RunAsync(GroupDesk.Key("2"), GroupDesk.Asked, ResultCodec.Text, async (operation, _) =>
            {
                await _desk.Store.ReleaseAsync(operation.UnitOfWork, [new OperationClaim(operation.Key, 1, (await FindOwnerAsync(operation)).Owner, 1, null, default)], CancellationToken.None);
                return "granted";
            }),
            _desk.RunAsync("3"),
        });

        await Assert.ThrowsAsync<OperationLostException>(() => requests[1]);
        Assert.IsType<OperationOutcome<string>.Applied>(await requests[0]);
        Assert.IsType<OperationOutcome<string>.Applied>(await requests[2]);
    }

    [Fact]
    public void Settings_that_make_no_sense_are_refused_at_the_start_with_all_their_faults()
    {
        var services = new ServiceCollection();
        services.AddOrderKit().UseInMemory().AddGroupedOperations(options => (options.MaxItems, options.QueueLimit, options.Writers, options.SlowEffectBudget, options.SlowEffectPause, options.EffectTimeout) =
            (0, 0, 17, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero));
        using var provider = services.BuildServiceProvider();

        var refusal = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<GroupedOperationsOptions>>().Value);

        Assert.Equal(6, refusal.Failures.Count());
        Assert.Contains("MaxItems is 0; it lies between 1 and 10,000", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("SlowEffectPause is 00:00:00", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_gets_the_service_and_ends_it()
    {
        var services = new ServiceCollection();
        services.AddOrderKit().UseInMemory();
        GroupedOperations service;
        await using (var provider = services.BuildServiceProvider())
        {
            service = provider.GetRequiredService<GroupedOperations>();
            Assert.IsType<OperationOutcome<bool>.Applied>(await service.RunAsync(GroupDesk.Key("1"), GroupDesk.Asked, ResultCodec.None, static (_, _) => Task.FromResult(true)));
        }

        await Assert.ThrowsAsync<ObjectDisposedException>(() => service.RunAsync(GroupDesk.Key("2"), GroupDesk.Asked, ResultCodec.None, static (_, _) => Task.FromResult(true)));
    }

    public static TheoryData<Exception> Outages => [new TimeoutException(), new OperationCanceledException(), new CommitOutcomeUnknownException(), new IOException()];

    private static string[] Ids(int count) => [.. Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture))];

    private Task<OperationOutcome<string>> Slow(string id) =>
        _desk.RunAsync(id, then: () => _desk.Clock.Advance(TimeSpan.FromMilliseconds(51)));

    private static Action Once(Exception failure)
    {
        var times = 0;
        return () => _ = times++ == 0 ? throw failure : 0;
    }

    // The row as the unit has it: a claim of the same key is told it.
    private async Task<StoredOperation> FindOwnerAsync(JoinedOperation operation) => (await _desk.Store.ClaimAsync(
        operation.UnitOfWork, [new OperationRequest(operation.Key, GroupDesk.Asked, Guid.NewGuid())], new ClaimTerms(OperationState.Succeeded, TimeSpan.FromDays(1), 1, TakesLapsed: false)))[0].Existing!;
}
