using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Messaging.Storage;
using OrderKit.StateMachine;

namespace OrderKit.Messaging.Tests;

public sealed class AlertPumpTests
{
    [Fact]
    public async Task Ten_thousand_dead_letters_of_one_kind_are_one_message_with_their_count_and_the_first_few()
    {
        using var desk = new Desk();
        await desk.TellAsync(count: 10_000);

        await desk.PumpAsync();

        var alert = Assert.Single(desk.Told);
        Assert.Equal((AlertKinds.DeadLetter, "outbox events", "TimeoutException", 10_000), (alert.Kind, alert.Source, alert.Reason, alert.Count));
        Assert.Equal(["m-1", "m-2", "m-3", "m-4", "m-5"], alert.Subjects);
        Assert.Equal((Post.Noon, Post.Noon), (alert.FirstAt, alert.LastAt));
        Assert.Equal(0, (await desk.Outbox.BacklogAsync(AlertNotice.Destination)).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_delivery_opens_a_sink_of_the_host_in_a_scope_of_its_own(bool byFactory)
    {
        var clock = new FakeTimeProvider(Post.Noon);
        List<Visit> visits = [];
        var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(clock).AddSingleton(visits).AddScoped<Visit>();
        services.AddOrderKit().UseInMemory().AddAlerts(alerts => _ = byFactory
            ? alerts.To(provider => new VisitingSink(provider.GetRequiredService<Visit>(), visits))
            : alerts.To<VisitingSink>());
        await using var provider = services.BuildServiceProvider(validateScopes: true);
        await using (var unit = await provider.GetRequiredService<IUnitOfWorkFactory>().BeginAsync())
        {
            var notices = new[] { "A", "B" }.Select(reason => new AlertNotice(TenantId.Default, AlertKinds.Case, "desk", reason, "m-1").ToMessage());
            await provider.GetRequiredService<IOutboxStore>().AppendAsync(unit, [.. notices]);
            await unit.CommitAsync();
        }

        clock.Advance(TimeSpan.FromSeconds(10));
        await provider.GetRequiredService<AlertPump>().PumpOnceAsync();

        Assert.Equal(2, visits.Distinct().Count());
        Assert.All(visits, visit => Assert.Equal(1, visit.Ended));
    }

    [Fact]
    public async Task Each_kind_source_and_reason_is_a_message_of_its_own_and_tenants_share_one()
    {
        using var desk = new Desk();
        await desk.TellAsync("A", 2);
        await desk.TellAsync("B");
        await desk.TellAsync("A", source: "inbox erp");
        await desk.TellAsync("A", tenant: new TenantId("shop-2"));

        await desk.PumpAsync();

        Assert.Equal(
            [("inbox erp", "A", 1), ("outbox events", "A", 3), ("outbox events", "B", 1)], desk.Told.Select(alert => (alert.Source, alert.Reason, alert.Count)).Order());
        Assert.Equal(["m-1", "m-2", "shop-2/m-1"], desk.Told.Single(alert => alert.Count == 3).Subjects);
    }

    [Fact]
    public async Task What_goes_on_happening_is_counted_and_told_again_after_a_quiet_time()
    {
        using var desk = new Desk();
        await desk.TellAsync();
        await desk.PumpAsync();
        for (var minute = 0; minute < 14; minute++)
        {
            await desk.TellAsync(count: 100);
            await desk.PumpAsync(TimeSpan.FromMinutes(1));
        }

        Assert.Single(desk.Told);
        await desk.PumpAsync(TimeSpan.FromMinutes(1));
        await desk.PumpAsync(TimeSpan.FromMinutes(1));

        Assert.Equal([1L, 1_400], desk.Told.Select(alert => alert.Count));
        Assert.Equal(2, desk.Told.Select(alert => alert.Id).Distinct().Count());
        await desk.PumpAsync(TimeSpan.FromHours(1));
        Assert.Equal(2, desk.Told.Count);
    }

    [Fact]
    public void Two_sinks_of_one_name_are_refused()
    {
        using var desk = new Desk(null, true, new NotingSink("one"), new NotingSink("one"));

        Assert.Contains("'one'", Assert.Throws<ArgumentException>(() => desk.Pump).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_without_an_id_becomes_a_dead_letter_and_is_told_like_any_other()
    {
        using var desk = new Desk();
        await using (var unit = await desk.BeginAsync())
        {
            await desk.Outbox.AppendAsync(unit, [new OutboxMessage("", "events", TenantId.Default, "lane", "type", "x"u8.ToArray())]);
            await unit.CommitAsync();
        }

        Assert.Equal(1, (await desk.Services.GetRequiredService<OutboxPump>().PumpOnceAsync()).Dead);
        await desk.PumpAsync();
        Assert.Equal(("ArgumentException", "unnamed"), (Assert.Single(desk.Told).Reason, Assert.Single(desk.Told[0].Subjects)));
    }

    [Fact]
    public async Task A_notice_without_a_subject_is_told_like_any_other()
    {
        using var desk = new Desk();
        await using (var unit = await desk.BeginAsync())
        {
            await desk.Notices.WriteAsync(unit, [new AlertNotice(TenantId.Default, AlertKinds.Quarantine, "alipay", "amount-differs", "")]);
            await unit.CommitAsync();
        }

        await desk.PumpAsync();

        Assert.Equal("unnamed", Assert.Single(Assert.Single(desk.Told).Subjects));
    }

    [Fact]
    public async Task A_notice_waits_a_little_for_others_of_its_kind()
    {
        using var desk = new Desk();
        await desk.TellAsync();
        await desk.Pump.PumpOnceAsync();
        desk.Clock.Advance(TimeSpan.FromSeconds(9));
        await desk.TellAsync(count: 2);
        await desk.Pump.PumpOnceAsync();

        Assert.Empty(desk.Told);
        desk.Clock.Advance(TimeSpan.FromSeconds(1));
        await desk.Pump.PumpOnceAsync();
        await desk.Pump.PumpOnceAsync();
        Assert.Equal(3, desk.Told.Sum(alert => alert.Count));
    }

    [Fact]
    public async Task More_groups_than_a_batch_holds_are_all_told()
    {
        using var desk = new Desk(options => options.BatchSize = 10);
        for (var reason = 0; reason < 35; reason++)
        {
            await desk.TellAsync($"R{reason}", count: 3);
        }

        for (var i = 0; i < 20; i++)
        {
            // A group that lies on both sides of a batch is told twice, the second time after its quiet time.
            await desk.PumpAsync(TimeSpan.FromMinutes(1));
        }

        Assert.Equal((35, 105), (desk.Told.Select(alert => alert.Reason).Distinct().Count(), desk.Told.Sum(alert => alert.Count)));
    }

    [Fact]
    public async Task A_stop_between_sending_and_noting_it_sends_it_again_under_the_same_id()
    {
        using var desk = new Desk();
        await desk.TellAsync(count: 3);
        await desk.Pump.PumpOnceAsync();
        desk.Clock.Advance(TimeSpan.FromSeconds(10));
        using var crash = new CancellationTokenSource();
        var dying = new NotingSink("one");
        var pump = desk.AnotherPump(dying);
        dying.OnAlert = async _ =>
        {
            // It was sent, and then the process was told to stop.
            await crash.CancelAsync();
            throw new OperationCanceledException(crash.Token);
        };
        string? sent = null;
        var sending = dying.OnAlert;
        dying.OnAlert = alert =>
        {
            sent = alert.Id;
            return sending(alert);
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pump.PumpOnceAsync(crash.Token));
        Assert.NotNull(sent);
        await desk.TellAsync(count: 7);
        await desk.Pump.PumpOnceAsync();

        Assert.Equal((sent, 3), (Assert.Single(desk.Told).Id, desk.Told[0].Count));
    }

    [Fact]
    public async Task A_crash_while_notices_are_handed_over_loses_nothing_and_counts_nothing_twice()
    {
        using var desk = new Desk();
        await desk.TellAsync(count: 5);
        var notices = await desk.Outbox.ClaimAsync(AlertNotice.Destination, 100, TimeSpan.FromMinutes(2));
        Assert.Equal(5, notices.Count);

        // The process that took them is gone; so is the one that took the right to tell, and then nothing.
        await desk.PumpAsync();
        Assert.Empty(desk.Told);
        desk.Clock.Advance(TimeSpan.FromMinutes(2));
        await desk.PumpAsync();

        Assert.Equal(5, Assert.Single(desk.Told).Count);
    }

    [Fact]
    public async Task A_sink_that_fails_keeps_no_other_from_being_told_and_is_told_later()
    {
        var (broken, sound) = (new NotingSink("broken"), new NotingSink("sound"));
        broken.OnAlert = _ => throw new InvalidOperationException("nobody there");
        using var desk = new Desk(null, true, broken, sound);
        await desk.TellAsync(count: 2);

        await desk.PumpAsync();
        Assert.Single(sound.Told);
        Assert.Empty(broken.Told);
        broken.OnAlert = null;
        for (var i = 0; i < 5; i++)
        {
            await desk.PumpAsync(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(sound.Told.Single().Id, broken.Told.Single().Id);
    }

    [Fact]
    public async Task A_sink_that_fails_for_good_makes_no_alert_about_itself()
    {
        var (broken, sound) = (new NotingSink("broken"), new NotingSink("sound"));
        broken.OnAlert = _ => throw new InvalidOperationException("nobody there");
        using var desk = new Desk(null, true, broken, sound);
        await desk.TellAsync();
        for (var hour = 0; hour < 30; hour++)
        {
            await desk.PumpAsync(TimeSpan.FromHours(1));
        }

        Assert.Single(sound.Told);
        var letter = Assert.Single((await desk.Services.GetRequiredService<IDeadLetterStore>().QueryAsync(new DeadLetterQuery())).Items);
        Assert.Equal("alerts.broken", letter.Name);
        Assert.Equal(0, (await desk.Outbox.BacklogAsync(AlertNotice.Destination)).Count);
    }

    [Fact]
    public async Task Two_processes_at_once_tell_one_group_once()
    {
        using var desk = new Desk();
        await desk.TellAsync(count: 1_000);
        desk.Clock.Advance(TimeSpan.FromSeconds(10));
        var other = new NotingSink("one");
        var pumps = new[] { desk.Pump, desk.AnotherPump(other), desk.AnotherPump(other), desk.AnotherPump(other) };
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var racing = pumps.Select(async pump =>
        {
            await gate.Task;
            await pump.PumpOnceAsync();
            await pump.PumpOnceAsync();
        }).ToList();
        gate.SetResult();
        await Task.WhenAll(racing);
        for (var i = 0; i < 20; i++)
        {
            await desk.PumpAsync(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(1_000, desk.Told.Concat(other.Told).Sum(alert => alert.Count));
        Assert.InRange(desk.Told.Count + other.Told.Count, 1, 2);
    }

    [Fact]
    public async Task A_row_that_is_no_notice_is_left_and_keeps_nothing_back()
    {
        using var desk = new Desk();
        await using (var unit = await desk.BeginAsync())
        {
            await desk.Outbox.AppendAsync(unit,
            [
                new OutboxMessage("x", AlertNotice.Destination, TenantId.Default, "x", "something else", new byte[] { 1 }),
                new OutboxMessage("y", AlertNotice.Destination, TenantId.Default, "y", AlertNotice.MessageType, new byte[] { 9, 9 }),
            ]);
            await unit.CommitAsync();
        }

        await desk.TellAsync();
        await desk.PumpAsync();

        Assert.Single(desk.Told);
        Assert.Equal(2, (await desk.Outbox.BacklogAsync(AlertNotice.Destination)).Count);
    }

    [Fact]
    public async Task Dead_letters_of_outbox_and_inbox_are_told_without_what_they_say()
    {
        using var desk = new Desk();
        var letters = desk.Services.GetRequiredService<IDeadLetterStore>();
        await using (var unit = await desk.BeginAsync())
        {
            DeadLetter[] all =
            [
                Letter(MessageFlow.Outbox, "events"),
                Letter(MessageFlow.Inbox, "erp"),
                Letter(MessageFlow.Outbox, "alerts.log"),
                Letter(MessageFlow.Outbox, "alerts"),
            ];
            await letters.AddAsync(unit, all, desk.Notices, CancellationToken.None);
            await unit.CommitAsync();
        }

        await desk.PumpAsync();

        Assert.Equal([("inbox erp", "FormatException"), ("outbox events", "FormatException")], desk.Told.Select(alert => (alert.Source, alert.Reason)).Order());
        Assert.All(desk.Told, alert => Assert.DoesNotContain("13800138000", AlertText.BodyOf(alert), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_dead_letter_that_is_rolled_back_is_not_told()
    {
        using var desk = new Desk();
        await using (var unit = await desk.BeginAsync())
        {
            var letters = desk.Services.GetRequiredService<IDeadLetterStore>();
            await letters.AddAsync(unit, [Letter(MessageFlow.Outbox, "events")], desk.Notices, CancellationToken.None);
        }

        await desk.PumpAsync();

        Assert.Empty(desk.Told);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_opened_case_is_told_where_the_host_wants_alerts(bool isWanted)
    {
        using var desk = new Desk(null, isWanted);
        var orders = desk.Services.GetRequiredService<OrderLifecycle>();
        var order = Post.Key("1");
        await orders.FireAsync(new OrderFact { Trigger = "placed", Source = "shop", Order = order, Amount = Money.FromMajor(199m, Currency.CNY) });
        for (var i = 0; i < 2; i++)
        {
            await orders.FireAsync(new OrderFact { Trigger = "outbound", Source = "wms", Order = order, Id = "OB-1", Evidence = "OB-1" });
        }

        var opened = await desk.Services.GetRequiredService<ICaseStore>().QueryAsync(new CaseQuery());
        Assert.Equal(isWanted ? opened.Items.Count : 0, (await desk.Outbox.BacklogAsync(AlertNotice.Destination)).Count);
        Assert.Equal(["shipped-not-cleared"], opened.Items.Select(item => item.Code));
        if (isWanted)
        {
            await desk.PumpAsync();
            Assert.Equal(opened.Items.Select(item => (item.Owner, item.Code)).Order(), desk.Told.Select(alert => (alert.Source, alert.Reason)).Order());
            Assert.All(desk.Told, alert => Assert.Equal([order.Order.Value], alert.Subjects));
        }
    }

    private static DeadLetter Letter(MessageFlow flow, string name) => new()
    {
        Flow = flow, Name = name, Tenant = TenantId.Default, MessageId = "m-1", Lane = "m-1", Type = "t", Body = new byte[] { 1 },
        ErrorClass = "FormatException", ErrorText = "'13800138000' is no number", Attempts = 1, FirstAt = Post.Noon,
    };

    /// <summary>What a DbContext would be: one for each delivery, disposed after it.</summary>
    private sealed class Visit : IDisposable
    {
        public int Ended { get; private set; }

        public void Dispose() => Ended++;
    }

    private sealed class VisitingSink(Visit visit, List<Visit> visits) : IAlertSink
    {
        public string Name => "visiting";

        public Task SendAsync(Alert alert, CancellationToken cancellationToken)
        {
            Assert.Equal(0, visit.Ended);
            lock (visits)
            {
                visits.Add(visit);
            }

            return Task.CompletedTask;
        }
    }
}
