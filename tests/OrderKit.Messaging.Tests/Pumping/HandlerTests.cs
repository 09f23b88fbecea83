using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Eng;
using OrderKit.Messaging.Storage;

namespace OrderKit.Messaging.Tests;

/// <summary>Handlers that are slow, hang, or end their process, and letters that cannot be written: what becomes of the others.</summary>
public sealed class HandlerTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Post _post = new();

    public void Dispose() => _post.Dispose();

    [Fact]
    public async Task A_slow_consumer_does_not_delay_another_one()
    {
        await AcceptAsync(("slow", "1"), ("fast", "1"), ("fast", "2"), ("fast", "3"));
        var gate = new TaskCompletionSource();
        var fast = new Recorder("fast");
        var slow = new Recorder("slow") { OnMessage = async (_, _) => await gate.Task };
        var pump = new InboxPump(
            new ParallelInbox(_post.Inbox), _post.Letters, _post.Pauses, new ParallelUnits(), new(slow, fast),
            Options.Create(new InboxPumpOptions { Jitter = () => 1 }), null, _post.Clock);

        var pumping = pump.PumpAllAsync();
        await fast.HandledAsync(3);
        Assert.Empty(slow.Handled);
        gate.SetResult();
        Assert.Equal(new PumpResult(4, 0), await pumping);
    }

    [Fact]
    public async Task A_handler_that_does_not_return_is_cancelled_and_its_message_failed()
    {
        await AcceptAsync(("payments", "1"));
        var handler = new Recorder("payments") { OnMessage = static (_, token) => Task.Delay(Timeout.Infinite, token) };
        var pump = _post.InboxPump(handler);

        var pumping = pump.PumpOnceAsync();
        await handler.BegunAsync(1);
        _post.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(new PumpResult(0, 1), await pumping);
        _post.Clock.Advance(Minute);
        var again = Assert.Single(await _post.Inbox.ClaimAsync("payments", 1, Minute));
        Assert.Equal((2, false), (again.Attempt, again.IsTakenOver));
    }

    [Fact]
    public async Task A_handler_that_ignores_its_cancellation_is_given_up_and_keeps_nobody_from_the_store()
    {
        await AcceptAsync(("payments", "1"));
        var gate = new TaskCompletionSource();
        var handler = new Recorder("payments") { OnMessage = (_, _) => gate.Task };
        var pump = _post.InboxPump(handler);

        var pumping = pump.PumpOnceAsync();
        await handler.BegunAsync(1);
        while (!pumping.IsCompleted)
        {
            _post.Clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        Assert.Equal(new PumpResult(0, 1), await pumping);

        // It still runs, and the one writer of the store is free again.
        await AcceptAsync(("payments", "2"));
        handler.OnMessage = null;
        Assert.Equal(0, (await pump.PumpAllAsync()).Failed);
        Assert.Contains("2", handler.Handled);
        gate.SetResult();
    }

    [Fact]
    public async Task A_sink_that_does_not_return_fails_its_own_message_only()
    {
        await _post.WriteAsync(Message("hangs", "A"), Message("goes", "B"));
        var cancelled = new TaskCompletionSource();
        var sink = new Sink(async (delivery, token) =>
        {
            if (delivery.MessageId == "hangs")
            {
                token.Register(cancelled.SetResult);
                await Task.Delay(Timeout.Infinite, token);
            }
        });
        var pumping = _post.Pump(sink, new OutboxPumpOptions { Lease = TimeSpan.FromHours(1) }).PumpOnceAsync();
        while (!cancelled.Task.IsCompleted)
        {
            _post.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(new PumpResult(1, 1), await pumping);
    }

    [Fact]
    public async Task Of_messages_that_hang_together_each_is_handled_alone_the_next_time()
    {
        await AcceptAsync(("payments", "1"));
        var handler = new Recorder("payments");
        var pump = _post.InboxPump(handler, new InboxPumpOptions { FailuresToBreak = 100 });
        await pump.PumpAllAsync();
        await AcceptAsync([.. Enumerable.Range(2, 2).Select(i => ("payments", $"{i}"))]);
        handler.OnMessage = static (delivery, token) => delivery.MessageId == "3" ? Task.Delay(Timeout.Infinite, token) : Task.CompletedTask;

        var pumping = pump.PumpOnceAsync();
        await handler.BegunAsync(3);
        _post.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(default, await pumping);

        pumping = pump.PumpOnceAsync();
        await handler.BegunAsync(5);
        _post.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(new PumpResult(1, 1), await pumping);
        Assert.Equal(["1", "2"], handler.Handled.Distinct());
    }

    [Fact]
    public async Task A_message_that_ends_its_process_costs_no_attempt_of_its_neighbours()
    {
        const int Attempts = 3;
        await _post.WriteAsync(Message("fatal", "A"), Message("b", "B"), Message("c", "C"));
        var delivered = new List<string>();
        var begun = new SemaphoreSlim(0);
        for (var process = 0; process < 10; process++)
        {
            // Each process dies in the middle of the delivery: what it would do after that does not happen.
            var sink = new Sink((delivery, _) =>
            {
                if (delivery.MessageId == "fatal")
                {
                    begun.Release();
                    return Task.Delay(Timeout.Infinite, CancellationToken.None);
                }

                delivered.Add(delivery.MessageId);
                return Task.CompletedTask;
            });
            var pumping = _post.Pump(sink, new OutboxPumpOptions { MaxAttempts = Attempts, HandlerTimeout = TimeSpan.FromDays(1), Lease = Minute }).PumpAllAsync();
            await Task.WhenAny(pumping, begun.WaitAsync());
            if (pumping.IsCompleted)
            {
                await pumping;
                begun.Release();
            }

            _post.Clock.Advance(Minute * 2);
        }

        var letter = Assert.Single((await _post.Letters.QueryAsync(new DeadLetterQuery())).Items);
        Assert.Equal(("fatal", "AttemptsExhausted"), (letter.MessageId, letter.ErrorClass));
        Assert.Equal(["b", "c"], delivered.Order());
        Assert.Equal(0, await _post.WaitingAsync());
    }

    [Fact]
    public async Task A_message_that_cannot_become_a_dead_letter_stops_its_own_lane_only()
    {
        await _post.WriteAsync(Message("bad", "A"), Message("next", "A"), Message("b", "B"), Message("c", "B"));
        var isFull = true;
        var sink = new Sink((delivery, _) => delivery.MessageId == "bad" ? throw new FormatException("No order.") : Task.CompletedTask);
        var pump = new OutboxPump(
            _post.Store, new FullLetters(_post.Letters, () => isFull), _post.Pauses, _post.Database, new(sink),
            Options.Create(new OutboxPumpOptions { MaxAttempts = 1, Jitter = () => 1 }), null, _post.Clock);

        Assert.Equal(new PumpResult(2, 1), await pump.PumpAllAsync());
        Assert.Equal(["b", "c"], sink.Taken);
        _post.Clock.Advance(Minute);
        Assert.Equal(new PumpResult(0, 1), await pump.PumpAllAsync());
        Assert.Equal(1, sink.Refused);

        isFull = false;
        _post.Clock.Advance(Minute);
        Assert.Equal(new PumpResult(1, 0) { Dead = 1 }, await pump.PumpAllAsync());
        Assert.Equal(["b", "c", "next"], sink.Taken);
        Assert.Equal(1, sink.Refused);
        var letter = Assert.Single((await _post.Letters.QueryAsync(new DeadLetterQuery())).Items);
        Assert.Equal(("FormatException", "No order.", 1), (letter.ErrorClass, letter.ErrorText, letter.Attempts));
    }

    [Fact]
    public async Task A_message_that_is_too_old_and_cannot_become_a_dead_letter_is_not_handed_over_again()
    {
        await _post.WriteAsync(Message("bad", "A"));
        _post.Clock.Advance(TimeSpan.FromDays(2));
        var isFull = true;
        var sink = new Sink((_, _) => throw new FormatException("No order."));
        var pump = new OutboxPump(
            _post.Store, new FullLetters(_post.Letters, () => isFull), _post.Pauses, _post.Database, new(sink),
            Options.Create(new OutboxPumpOptions { Jitter = () => 1 }), null, _post.Clock);

        Assert.Equal(new PumpResult(0, 1), await pump.PumpAllAsync());
        _post.Clock.Advance(Minute);
        Assert.Equal(new PumpResult(0, 1), await pump.PumpAllAsync());
        isFull = false;
        _post.Clock.Advance(Minute);
        Assert.Equal(new PumpResult(0, 0) { Dead = 1 }, await pump.PumpAllAsync());

        Assert.Equal(1, sink.Refused);
        var letter = Assert.Single((await _post.Letters.QueryAsync(new DeadLetterQuery())).Items);
        Assert.Equal(("FormatException", "No order.", 1), (letter.ErrorClass, letter.ErrorText, letter.Attempts));
    }

    [Fact]
    public async Task A_handler_that_blocks_its_thread_is_given_up_too_and_delays_no_other_consumer()
    {
        await AcceptAsync(("slow", "1"), ("fast", "1"));
        using var gate = new ManualResetEventSlim();
        var fast = new Recorder("fast");
        var slow = new Recorder("slow")
        {
            OnMessage = (_, _) =>
            {
                gate.Wait(CancellationToken.None);
                return Task.CompletedTask;
            },
        };
        var pump = new InboxPump(
            new ParallelInbox(_post.Inbox), _post.Letters, _post.Pauses, new ParallelUnits(), new(slow, fast),
            Options.Create(new InboxPumpOptions { Jitter = () => 1 }), null, _post.Clock);

        // On a thread of its own, so that the test fails and does not hang where the handler blocks its caller.
        var pumping = Task.Run(() => pump.PumpOnceAsync());
        try
        {
            await fast.HandledAsync(1);
            await slow.BegunAsync(1);
            using var late = new CancellationTokenSource(Minute);
            while (!pumping.IsCompleted)
            {
                late.Token.ThrowIfCancellationRequested();
                _post.Clock.Advance(TimeSpan.FromSeconds(10));
                await Task.Yield();
            }

            Assert.Equal(new PumpResult(1, 1), await pumping);
        }
        finally
        {
            gate.Set();
        }
    }

    [Fact]
    public async Task A_handler_that_cannot_be_constructed_fails_its_messages_and_they_are_due_again_after_a_delay()
    {
        await using var provider = Provider(out _);
        provider.GetRequiredService<Faults>().OnMake = static () => throw new TimeoutException("No connection.");
        await AcceptAsync(("faulty", "1"), ("faulty", "2"));
        await _post.WriteAsync(Post.Event("A", 1));

        Assert.Equal(new PumpResult(0, 2), await provider.GetRequiredService<InboxPump>().PumpOnceAsync());
        Assert.Equal(new PumpResult(0, 1), await provider.GetRequiredService<OutboxPump>().PumpOnceAsync());
        Assert.Equal(1, (await _post.Inbox.BacklogAsync("faulty")).OldestAttempts);
        provider.GetRequiredService<Faults>().OnMake = null;
        _post.Clock.Advance(Minute);
        Assert.Equal(new PumpResult(2, 0), await provider.GetRequiredService<InboxPump>().PumpAllAsync());
        Assert.Equal(new PumpResult(1, 0), await provider.GetRequiredService<OutboxPump>().PumpAllAsync());
    }

    [Fact]
    public async Task A_scope_that_cannot_be_disposed_changes_nothing_about_what_was_committed_or_delivered()
    {
        await using var provider = Provider(out var faults);
        faults.OnDispose = static () => throw new InvalidOperationException("It was closed before.");
        await AcceptAsync(("faulty", "1"), ("faulty", "2"));
        await _post.WriteAsync(Post.Event("A", 1));

        Assert.Equal(new PumpResult(2, 0), await provider.GetRequiredService<InboxPump>().PumpAllAsync());
        Assert.Equal(new PumpResult(1, 0), await provider.GetRequiredService<OutboxPump>().PumpAllAsync());
        faults.OnDispose = null;
    }

    [Fact]
    public async Task What_was_not_handed_over_is_released_also_where_the_store_failed()
    {
        await AcceptAsync(("payments", "1"), ("payments", "2"));
        var units = new BrokenUnits();
        var pump = new InboxPump(
            _post.Inbox, _post.Letters, _post.Pauses, units, new(new Recorder("payments")),
            Options.Create(new InboxPumpOptions { Jitter = () => 1 }), null, _post.Clock);

        await Assert.ThrowsAsync<InvalidOperationException>(() => pump.PumpOnceAsync());

        var again = await _post.Inbox.ClaimAsync("payments", 10, Minute);
        Assert.Equal(2, again.Count(static one => one is { Attempt: 1, IsTakenOver: false }));
    }

    [Fact]
    public async Task A_scoped_service_is_one_per_transaction_is_disposed_and_may_be_taken_by_a_handler()
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(_post.Clock);
        _post.AddTo(services);
        services.AddSingleton<Log>().AddScoped<Context>();
        services.AddOrderKit().AddInboxHandler<ScopedHandler>().AddEventHandler<ScopedEventHandler>()
            .AddInbox(o => o.RunInBackground = false).AddOutbox(o => o.RunInBackground = false);
        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
        var log = provider.GetRequiredService<Log>();
        await AcceptAsync(("scoped", "1"), ("scoped", "2"), ("scoped", "3"));
        await _post.WriteAsync(Post.Event("A", 1), Post.Event("B", 1));

        // One message, then two in one transaction.
        var pump = provider.GetRequiredService<InboxPump>();
        log.Clear();
        Assert.Equal(3, (await pump.PumpAllAsync()).Delivered);
        Assert.Equal(2, log.Used.Distinct().Count());
        Assert.Equal(log.Used[1], log.Used[2]);
        Assert.Equal(log.Used.Distinct(), log.Disposed);

        var outbox = provider.GetRequiredService<OutboxPump>();
        log.Clear();
        Assert.Equal(2, (await outbox.PumpAllAsync()).Delivered);
        Assert.Equal(2, log.Used.Distinct().Count());
        Assert.Equal(log.Used, log.Disposed);
    }

    private ServiceProvider Provider(out Faults faults)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(_post.Clock);
        _post.AddTo(services);
        services.AddSingleton(faults = new Faults()).AddScoped<FaultyContext>();
        services.AddOrderKit().AddInboxHandler<FaultyHandler>().AddEventHandler<FaultyHandler>()
            .AddInbox(o => o.RunInBackground = false).AddOutbox(o => o.RunInBackground = false);
        var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
        provider.GetRequiredService<InboxPump>();
        return provider;
    }

    private static OutboxMessage Message(string id, string lane) => new(id, "events", TenantId.Default, lane, "test", new byte[] { 1 });

    private async Task AcceptAsync(params (string Consumer, string Id)[] messages) => await new Inbox(_post.Inbox, _post.Database).AcceptAsync(
        [.. messages.Select(message => new InboxMessage(message.Id, message.Consumer, TenantId.Default, message.Id, "test", default))]);

    private sealed class Sink(Func<OutboxDelivery, CancellationToken, Task> act) : IOutboxSink
    {
        public List<string> Taken { get; } = [];

        public int Refused { get; private set; }

        public async Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellationToken)
        {
            try
            {
                await act(delivery, cancellationToken);
                Taken.Add(delivery.MessageId);
            }
            catch (FormatException)
            {
                Refused++;
                throw;
            }
        }
    }

    private sealed class Recorder(string consumer) : IInboxHandler
    {
        private readonly SemaphoreSlim _begun = new(0);
        private readonly SemaphoreSlim _handled = new(0);
        private int _seen;

        public string Consumer => consumer;

        public List<string> Handled { get; } = [];

        public Func<InboxDelivery, CancellationToken, Task>? OnMessage { get; set; }

        public async Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken)
        {
            _begun.Release();
            await (OnMessage?.Invoke(delivery, cancellationToken) ?? Task.CompletedTask);
            Handled.Add(delivery.MessageId);
            _handled.Release();
        }

        /// <summary>Waits until so many have begun since the test began.</summary>
        public async Task BegunAsync(int count)
        {
            for (; _seen < count; _seen++)
            {
                Assert.True(await _begun.WaitAsync(Minute), $"Handling {_seen + 1} did not begin.");
            }
        }

        public async Task HandledAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                Assert.True(await _handled.WaitAsync(Minute), $"Message {i + 1} was not handled.");
            }
        }
    }

    /// <summary>Units without a store: those of a database that lets several write at once.</summary>
    private sealed class ParallelUnits : IUnitOfWorkFactory
    {
        public ValueTask<UnitOfWork> BeginAsync(CancellationToken cancellationToken = default) => new(new Unit());

        private sealed class Unit : UnitOfWork
        {
            public override bool IsEnlisted => false;

            public override ValueTask CommitAsync(CancellationToken cancellationToken = default) => default;

            public override ValueTask DisposeAsync() => default;
        }
    }

    /// <summary>An inbox whose completions need no writer of their own.</summary>
    private sealed class ParallelInbox(InMemoryInboxStore inner) : ForwardingInboxStore(inner)
    {
        public override ValueTask CompleteAsync(
            UnitOfWork unitOfWork, IReadOnlyList<InboxDelivery> deliveries, TimeSpan retention, CancellationToken cancellationToken = default) => default;
    }

    private sealed class FullLetters(IDeadLetterStore inner, Func<bool> isFull) : IDeadLetterStore
    {
        public ValueTask AddAsync(UnitOfWork unitOfWork, IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken = default) =>
            isFull() ? throw new ArgumentException("The store refuses this letter.", nameof(letters)) : inner.AddAsync(unitOfWork, letters, cancellationToken);

        public ValueTask<Page<DeadLetter>> QueryAsync(DeadLetterQuery query, CancellationToken cancellationToken = default) => inner.QueryAsync(query, cancellationToken);

        public ValueTask<DeadLetter?> FindAsync(long number, CancellationToken cancellationToken = default) => inner.FindAsync(number, cancellationToken);

        public ValueTask<bool> CloseAsync(UnitOfWork unitOfWork, long number, DeadLetterState to, string by, string? note, CancellationToken cancellationToken = default) =>
            inner.CloseAsync(unitOfWork, number, to, by, note, cancellationToken);

        public ValueTask<IReadOnlyList<DeadLetterAct>> ActsAsync(long number, CancellationToken cancellationToken = default) => inner.ActsAsync(number, cancellationToken);
    }

    private sealed class BrokenUnits : IUnitOfWorkFactory
    {
        public ValueTask<UnitOfWork> BeginAsync(CancellationToken cancellationToken = default) => throw new InvalidOperationException("The store is gone.");
    }

    private sealed class Faults
    {
        public Action? OnMake { get; set; }

        public Action? OnDispose { get; set; }
    }

    private sealed class FaultyContext(Faults faults) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            faults.OnDispose?.Invoke();
            return default;
        }
    }

    private sealed class FaultyHandler : IInboxHandler, IOrderEventHandler
    {
        public FaultyHandler(Faults faults, FaultyContext context)
        {
            _ = context;
            faults.OnMake?.Invoke();
        }

        public string Consumer => "faulty";

        public Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task HandleAsync(OrderEvent orderEvent, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Log
    {
        public List<Context> Used { get; } = [];

        public List<Context> Disposed { get; } = [];

        public void Clear()
        {
            Used.Clear();
            Disposed.Clear();
        }
    }

    /// <summary>What a host registers per scope, such as a <c>DbContext</c>.</summary>
    private sealed class Context(Log log) : IDisposable
    {
        public void Use() => log.Used.Add(this);

        public void Dispose() => log.Disposed.Add(this);
    }

    private sealed class ScopedHandler(Context context) : IInboxHandler
    {
        public string Consumer => "scoped";

        public Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken)
        {
            context.Use();
            return Task.CompletedTask;
        }
    }

    private sealed class ScopedEventHandler(Context context) : IOrderEventHandler
    {
        public Task HandleAsync(OrderEvent orderEvent, CancellationToken cancellationToken)
        {
            context.Use();
            return Task.CompletedTask;
        }
    }
}
