using OrderKit.Core;

namespace OrderKit.Specs;

/// <summary>A process at a store that waits for its turn before each call and each further statement of a call.</summary>
/// <remarks>Only one flow of a participant is at the store at any time; a turn is given by the one flow of the <see cref="Interleaving"/>.</remarks>
internal sealed class Participant : IStoreCalls
{
    private readonly List<UnitOfWork> _open = [];
    private TaskCompletionSource<Turn>? _waiting;
    private TaskCompletionSource _settled = new();
    private bool _isFirstStatement;
    private bool _isInTransaction;
    private bool _isDead;
    private bool _steps;

    public Participant(int number) => Name = $"P{number + 1}";

    public string Name { get; }

    /// <summary>Its connection to the store.</summary>
    public IStoreActor Raw { get; private set; } = null!;

    /// <summary>The ports that its services use.</summary>
    public IStoreActor Store { get; private set; } = null!;

    /// <summary>What it waits to do.</summary>
    public StoreCall Next { get; private set; }

    public bool IsWaiting => _waiting is not null;

    /// <summary>Whether it may hold locks: in a unit of work, or between the statements of a call that is a transaction of its own.</summary>
    public bool HasOpenUnit => _open.Count > 0 || _isInTransaction;

    public bool IsFinished { get; private set; }

    /// <summary>Whether a statement of it waits for the lock of another one.</summary>
    public bool IsBlocked { get; set; }

    public Task Settled => _settled.Task;

    public bool HasCrashed => _isDead;

    /// <summary>What it ended with, where that is neither what it was to do nor a crash.</summary>
    public Exception? Failure { get; private set; }

    public static async Task<Participant> OpenAsync(int number, IStoreUnderTest store)
    {
        var participant = new Participant(number);
        participant.Raw = store is ISteppedStore stepped
            ? await stepped.OpenSteppedAsync(participant.StatementAsync).ConfigureAwait(false)
            : await store.OpenAnotherAsync().ConfigureAwait(false);
        participant.Store = new InterceptedStore(participant.Raw, participant);
        return participant;
    }

    /// <summary>Starts what it does in this interleaving; it stops at its first step.</summary>
    public void Start(Func<Participant, Task> act)
    {
        (_isDead, _steps, IsFinished, IsBlocked, _isFirstStatement, Failure) = (false, true, false, false, false, null);
        _settled = NewSettled();
        _ = RunAsync(act);
    }

    /// <summary>A step that is no call at the store, such as an effect elsewhere.</summary>
    public async ValueTask StepAsync(string name) => await WaitAsync(new StoreCall(StoreCallKind.Elsewhere, name)).ConfigureAwait(false);

    /// <summary>Lets it make its step.</summary>
    public void Give(Turn turn)
    {
        var waiting = _waiting!;
        _waiting = null;
        _settled = NewSettled();
        waiting.SetResult(turn);
    }

    /// <summary>Ends it as <c>kill -9</c> does: its connections break, and what it would do next does not happen.</summary>
    public async Task CrashAsync()
    {
        _isDead = true;
        await BreakAsync().ConfigureAwait(false);
        Give(Turn.Crash);
        await Settled.ConfigureAwait(false);
    }

    public async ValueTask<T> CallAsync<T>(StoreCall call, Func<ValueTask<T>> act, Func<T, ValueTask>? takeBack = null)
    {
        var turn = await WaitAsync(call).ConfigureAwait(false);
        _isFirstStatement = true;
        if (turn == Turn.LoseBefore)
        {
            // The connection broke with the commit on its way; the database never got it.
            await BreakAsync().ConfigureAwait(false);
            throw new CommitOutcomeUnknownException();
        }

        _isInTransaction = call.Kind == StoreCallKind.Alone;
        T result;
        try
        {
            result = await act().ConfigureAwait(false);
        }
        finally
        {
            _isInTransaction = false;
        }

        if (call.Kind == StoreCallKind.Begin)
        {
            _open.Add((UnitOfWork)(object)result!);
        }
        else if (call.Kind == StoreCallKind.Commit)
        {
            _open.Clear();
        }

        return turn == Turn.LoseAfter ? throw new CommitOutcomeUnknownException() : result;
    }

    public async ValueTask RollBackAsync(Func<ValueTask> act)
    {
        if (_isDead || _open.Count == 0)
        {
            return;
        }

        await WaitAsync(new StoreCall(StoreCallKind.RollBack, "roll back")).ConfigureAwait(false);
        _isFirstStatement = true;
        _open.Clear();
        await act().ConfigureAwait(false);
    }

    // A call's first statement is the call's own step.
    private async ValueTask StatementAsync()
    {
        if (_isFirstStatement || !_steps)
        {
            _isFirstStatement = false;
            return;
        }

        await WaitAsync(new StoreCall(StoreCallKind.Inside, Next.Name + ", next statement")).ConfigureAwait(false);
    }

    private async ValueTask<Turn> WaitAsync(StoreCall call)
    {
        if (_isDead)
        {
            throw new ParticipantCrashedException();
        }

        if (!_steps)
        {
            return Turn.Step;
        }

        Next = call;
        var waiting = _waiting = new TaskCompletionSource<Turn>();
        _settled.SetResult();
        var turn = await waiting.Task.ConfigureAwait(false);
        return turn == Turn.Crash ? throw new ParticipantCrashedException() : turn;
    }

    // What a broken connection leaves open is rolled back by the store.
    private async Task BreakAsync()
    {
        foreach (var unit in _open)
        {
            await unit.DisposeAsync().ConfigureAwait(false);
        }

        _open.Clear();
    }

    private async Task RunAsync(Func<Participant, Task> act)
    {
        try
        {
            await act(this).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // What a crash makes of a call is heard by nobody.
            Failure = _isDead ? null : failure;
        }
        finally
        {
            _steps = false;
            IsFinished = true;
            _settled.SetResult();
        }
    }

    // Who goes on after it does so on its own stack; the participant itself runs on whoever gave it its turn.
    private static TaskCompletionSource NewSettled() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>What a participant that waits is told.</summary>
internal enum Turn
{
    /// <summary>It makes its step.</summary>
    Step,

    /// <summary>It crashes before its step.</summary>
    Crash,

    /// <summary>Its commit never reaches the database, and nobody hears so.</summary>
    LoseBefore,

    /// <summary>Its commit takes effect, and nobody hears so.</summary>
    LoseAfter,
}
