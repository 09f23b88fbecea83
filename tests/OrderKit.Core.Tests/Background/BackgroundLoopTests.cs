using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrderKit.Core.Storage;

namespace OrderKit.Core.Tests.Background;

public sealed class BackgroundLoopTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _late = new(TimeSpan.FromSeconds(60));
    private readonly SemaphoreSlim _ran = new(0);
    private int _runs;

    public void Dispose()
    {
        _stop.Dispose();
        _late.Dispose();
        _ran.Dispose();
    }

    [Fact]
    public async Task The_step_runs_at_once_and_again_after_each_interval()
    {
        var running = Loop(_ => Task.CompletedTask).RunAsync(_clock, NullLogger.Instance, _stop.Token);

        await RanAsync(1);
        await AdvanceUntilAsync(runs: 3);
        await StopAsync(running);
    }

    [Fact]
    public async Task A_signal_ends_the_wait_without_the_clock()
    {
        var wakeUp = new WakeUp();
        var running = Loop(_ => Task.CompletedTask, wakeUp).RunAsync(_clock, NullLogger.Instance, _stop.Token);
        await RanAsync(1);

        while (Volatile.Read(ref _runs) < 3)
        {
            _late.Token.ThrowIfCancellationRequested();
            wakeUp.Set();
            await Task.Yield();
        }

        await StopAsync(running);
    }

    [Fact]
    public async Task A_signal_during_the_step_is_not_lost()
    {
        var wakeUp = new WakeUp();
        var running = Loop(
            _ =>
            {
                if (_runs == 1)
                {
                    wakeUp.Set();
                }

                return Task.CompletedTask;
            },
            wakeUp).RunAsync(_clock, NullLogger.Instance, _stop.Token);

        await RanAsync(2);
        await StopAsync(running);
    }

    [Fact]
    public async Task A_failure_is_logged_with_the_name_and_the_loop_goes_on_at_the_next_interval_only()
    {
        var (wakeUp, log) = (new WakeUp(), new FirstLog());
        var running = Loop(
            _ =>
            {
                wakeUp.Set();
                return _runs == 1 ? throw new TimeoutException("busy") : Task.CompletedTask;
            },
            wakeUp).RunAsync(_clock, log, _stop.Token);
        await RanAsync(1);
        Assert.Equal(("The background loop 'test' failed; it runs again in 00:01:00.", "busy"), await log.FirstAsync().WaitAsync(_late.Token));

        await AdvanceUntilAsync(runs: 2);
        await StopAsync(running);
    }

    [Fact]
    public async Task A_cancelled_call_of_the_step_is_a_failure_while_the_host_runs()
    {
        var log = new FirstLog();
        var running = Loop(_ => throw new OperationCanceledException("its own")).RunAsync(_clock, log, _stop.Token);

        Assert.Equal("its own", (await log.FirstAsync().WaitAsync(_late.Token)).Exception);
        await StopAsync(running);
    }

    [Fact]
    public async Task A_loop_that_is_stopped_in_its_step_ends_without_an_exception_and_without_a_log()
    {
        var log = new FirstLog();
        var running = Loop(token => Task.Delay(Timeout.Infinite, token)).RunAsync(_clock, log, _stop.Token);
        await RanAsync(1);

        await StopAsync(running);
        Assert.False(log.FirstAsync().IsCompleted);
    }

    [Fact]
    public async Task A_host_runs_the_loops_of_a_worker_once_however_often_they_are_added()
    {
        var (builder, worker) = (NewHost(), new Worker());
        builder.Services.AddSingleton(worker);
        for (var i = 0; i < 2; i++)
        {
            builder.Services
                .AddValidatedOptions<WorkerOptions>(null, static (options, faults) => faults.RequirePositive(options.PollInterval))
                .AddBackgroundLoop<Worker, WorkerOptions>("work", static (one, _) => one.WorkAsync());
        }

        using var host = builder.Build();
        await host.StartAsync();
        await worker.Worked.Task.WaitAsync(_late.Token);
        await host.StopAsync();

        Assert.Equal(1, worker.Count);
    }

    [Fact]
    public async Task A_host_that_turns_the_loop_off_does_not_even_make_the_worker()
    {
        var builder = NewHost();
        builder.Services.AddSingleton<Worker>(static _ => throw new InvalidOperationException("made"));
        builder.Services
            .AddValidatedOptions<WorkerOptions>(static options => options.RunInBackground = false, static (_, _) => { })
            .AddBackgroundLoop<Worker, WorkerOptions>("work", static (one, _) => one.WorkAsync());
        using var host = builder.Build();

        await host.StartAsync();
        await host.StopAsync();
    }

    [Fact]
    public async Task A_loop_whose_step_blocks_its_thread_does_not_keep_the_others_from_starting()
    {
        using var gate = new ManualResetEventSlim();
        var loops = new[]
        {
            new BackgroundLoop("blocks", Interval, _ =>
            {
                gate.Wait(CancellationToken.None);
                return Task.CompletedTask;
            }),
            Loop(_ => Task.CompletedTask),
        };
        using var service = new BackgroundLoopService<Worker>(() => loops, _clock, NullLogger<BackgroundLoop>.Instance);
        var starting = Task.Run(() => service.StartAsync(CancellationToken.None));
        try
        {
            await RanAsync(1);
        }
        finally
        {
            gate.Set();
        }

        await starting;
        await service.StopAsync(CancellationToken.None);
    }

    private static HostApplicationBuilder NewHost()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddOrderKitCore().ChooseStore("a test");
        return builder;
    }

    private BackgroundLoop Loop(Func<CancellationToken, Task> step, WakeUp? wakeUp = null) => new(
        "test",
        Interval,
        token =>
        {
            _runs++;
            _ran.Release();
            return step(token);
        },
        wakeUp);

    private async Task RanAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            await _ran.WaitAsync(_late.Token);
        }
    }

    /// <summary>Moves the clock until the step has run so often: the loop may not wait for the clock yet when it is moved.</summary>
    private async Task AdvanceUntilAsync(int runs)
    {
        while (Volatile.Read(ref _runs) < runs)
        {
            _late.Token.ThrowIfCancellationRequested();
            _clock.Advance(Interval);
            await Task.Yield();
        }
    }

    private async Task StopAsync(Task running)
    {
        await _stop.CancelAsync();
        await running.WaitAsync(_late.Token);
    }

    private sealed class WorkerOptions() : BackgroundOptions(TimeSpan.FromDays(1));

    private sealed class Worker
    {
        public TaskCompletionSource Worked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Count { get; private set; }

        public Task WorkAsync()
        {
            Count++;
            Worked.TrySetResult();
            return Task.CompletedTask;
        }
    }

    private sealed class FirstLog : ILogger
    {
        private readonly TaskCompletionSource<(string Text, string Exception)> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<(string Text, string Exception)> FirstAsync() => _first.Task;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _first.TrySetResult((formatter(state, exception), exception?.Message ?? ""));
    }
}
