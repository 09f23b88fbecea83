using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>How operations of one kind are kept, repeated and given up.</summary>
public sealed record OperationPolicy
{
    // Timers of the runtime take no more than 49 days.
    private static readonly TimeSpan LongestLease = TimeSpan.FromDays(30);
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <summary>The policy with all defaults.</summary>
    public static OperationPolicy Default { get; } = new();

    /// <summary>
    /// How long a worker may be silent before its operation counts as interrupted; it is renewed after each third of that.
    /// </summary>
    /// <value>30 seconds.</value>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a success is answered again: longer than the requester repeats itself.</summary>
    /// <value>7 days; Alipay repeats a notification for 25 hours, WeChat Pay for 24 hours and 4 minutes.</value>
    public TimeSpan SuccessRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long a final failure is answered again.</summary>
    /// <value>25 hours.</value>
    public TimeSpan FailureRetention { get; init; } = TimeSpan.FromHours(25);

    /// <summary>How often an operation is begun.</summary>
    /// <value>5.</value>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>The pause after the first failure without an effect; it doubles with each further one.</summary>
    /// <value>1 second.</value>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause.</summary>
    /// <value>1 hour.</value>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a request under a lease waits while another one is at the same operation, to answer with what came of it.
    /// </summary>
    /// <value>
    /// Nothing: it is told at once that the operation runs. However many of a process wait, the store is asked once for all of them,
    /// and where the operation is to be begun again one of them does it.
    /// </value>
    public TimeSpan WaitWhileRunning { get; init; }

    /// <summary>What is done when a worker is gone.</summary>
    /// <value><see cref="LapsePolicy.Hold"/>: money is never moved twice because nobody answered.</value>
    public LapsePolicy OnLapse { get; init; } = LapsePolicy.Hold;

    /// <summary>Asks whether the effect of an interrupted operation happened; for <see cref="LapsePolicy.Resolve"/>.</summary>
    public Func<StoredOperation, CancellationToken, Task<Resolution>>? Resolver { get; init; }

    /// <summary>Which failures leave it open whether the effect happened.</summary>
    /// <value>Time-outs, cancellation, broken connections and whatever a database throws.</value>
    public Func<Exception, bool> IsAmbiguous { get; init; } =
        static exception => exception is TimeoutException or OperationCanceledException or IOException
            or System.Net.Http.HttpRequestException or System.Net.Sockets.SocketException or System.Data.Common.DbException;

    /// <summary>How many bytes a result may have.</summary>
    /// <value>64 KiB.</value>
    public int MaxResult { get; init; } = 64 * 1024;

    /// <summary>What is wrong with it; empty where nothing is.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        Positive(Lease, nameof(Lease));
        Positive(SuccessRetention, nameof(SuccessRetention));
        Positive(FailureRetention, nameof(FailureRetention));
        Positive(FirstDelay, nameof(FirstDelay));
        Positive(MaxDelay, nameof(MaxDelay));
        if (Lease > LongestLease)
        {
            faults.Add(
                $"Lease is {Lease}; it is at most {LongestLease.Days} days. Seconds are enough: it is renewed while the worker lives.");
        }

        if (WaitWhileRunning < TimeSpan.Zero || WaitWhileRunning > LongestWait)
        {
            faults.Add($"WaitWhileRunning is {WaitWhileRunning}; it is between zero and {LongestWait.Days} day.");
        }

        if (MaxAttempts < 1)
        {
            faults.Add($"MaxAttempts is {MaxAttempts}; it is at least 1.");
        }

        if (MaxResult < 0)
        {
            faults.Add($"MaxResult is {MaxResult}; it is at least 0.");
        }

        if (OnLapse == LapsePolicy.Resolve && Resolver is null)
        {
            faults.Add("OnLapse is Resolve, and there is no Resolver to ask. Set one, or use Hold.");
        }

        return faults;

        void Positive(TimeSpan value, string setting)
        {
            if (value <= TimeSpan.Zero)
            {
                faults.Add($"{setting} is {value}; it must be longer than nothing.");
            }
        }
    }

    /// <summary>The pause after an attempt.</summary>
    internal TimeSpan PauseAfter(int attempt) =>
        TimeSpan.FromTicks((long)Math.Min(MaxDelay.Ticks, FirstDelay.Ticks * Math.Pow(2, Math.Min(attempt - 1, 40))));
}
