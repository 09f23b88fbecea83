using OrderKit.Core;

namespace OrderKit.Specs;

/// <summary>A process that waits for its turn before each call to a store and each further statement of a call.</summary>
/// <remarks>Only one flow of a participant uses the store at a time. The <see cref="Interleaving"/> gives the turns.</remarks>
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

    /// <summary>The connection to the store.</summary>
    public IStoreActor Raw { get; private set; } = null!;

    /// <summary>The ports for the services of the participant.</summary>
    public IStoreActor Store { get; private set; } = null!;

    /// <summary>The call for which the participant waits.</summary>
    public StoreCall Next { get; private set; }

    public bool IsWaiting => _waiting is not null;

    /// <summary>Whether it may hold locks: in a unit of work, or between the statements of a call with its own transaction.</summary>
    public bool HasOpenUnit => _open.Count > 0 || _isInTransaction;

    public bool IsFinished { get; private set; }

    /// <summary>Whether one of its statements waits for a lock of another participant.</summary>
    public bool IsBlocked { get; set; }

    public Task Settled => _settled.Task;

    public bool HasCrashed => _isDead;

    /// <summary>The unexpected error with which it ended, if any.</summary>
    public Exception? Failure { get; private set; }

    public static async Task<Participant> OpenAsync(int number, IStoreUnderTest store)
    {
        var participant = new Participant(number);
        participant.Raw = store is ISteppedStore stepped
            ? await stepped.OpenSteppedAsync(participant.StatementAsync)
            : await store.OpenAnotherAsync();
        participant.Store = new InterceptedStore(participant.Raw, participant);
        return participant;
    }

    /// <summary>Starts the action of the participant, which stops at its first step.</summary>
    public void Start(Func<Participant, Task> act)
    {
        (_isDead, _steps, IsFinished, IsBlocked, _isFirstStatement, Failure) = (false, true, false, false, false, null);
        _settled = NewSettled();
        _ = RunAsync(act);
    }

    /// <summary>Takes a step that is not a call to the store, such as an outside effect.</summary>
    public async ValueTask StepAsync(string name) => await WaitAsync(new StoreCall(StoreCallKind.Elsewhere, name));

    /// <summary>Lets the participant take its step.</summary>
    public void Give(Turn turn)
    {
        var waiting = _waiting!;
        _waiting = null;
        _settled = NewSettled();
        waiting.SetResult(turn);
    }

    /// <summary>Ends the participant as <c>kill -9</c> does: its connections break, and it does nothing more.</summary>
    public async Task CrashAsync()
    {
        _isDead = true;
        await BreakAsync();
        Give(Turn.Crash);
        await Settled;
    }

    public async ValueTask<T> CallAsync<T>(StoreCall call, Func<ValueTask<T>> act, Func<T, ValueTask>? takeBack = null)
    {
        var turn = await WaitAsync(call);
        _isFirstStatement = true;
        if (turn == Turn.LoseBefore)
        {
            // The connection broke before the database received the commit.
            await BreakAsync();
            throw new CommitOutcomeUnknownException();
        }

        _isInTransaction = call.Kind == StoreCallKind.Alone;
        T result;
        try
        {
            result = await act();
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

        await WaitAsync(new StoreCall(StoreCallKind.RollBack, "roll back"));
        _isFirstStatement = true;
        _open.Clear();
        await act();
    }

    // The first statement of a call is the step of the call itself.
    private async ValueTask StatementAsync()
    {
        if (_isFirstStatement || !_steps)
        {
            _isFirstStatement = false;
            return;
        }

        await WaitAsync(new StoreCall(StoreCallKind.Inside, Next.Name + ", next statement"));
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
        var turn = await waiting.Task;
        return turn == Turn.Crash ? throw new ParticipantCrashedException() : turn;
    }

    // The store rolls back the transaction of a broken connection.
    private async Task BreakAsync()
    {
        foreach (var unit in _open)
        {
            await unit.DisposeAsync();
        }

        _open.Clear();
    }

    private async Task RunAsync(Func<Participant, Task> act)
    {
        try
        {
            await act(this);
        }
        catch (Exception failure)
        {
            // Nobody sees the error of a call that a crash ended.
            Failure = _isDead ? null : failure;
        }
        finally
        {
            _steps = false;
            IsFinished = true;
            _settled.SetResult();
        }
    }

    // The continuation runs on its own stack. The participant itself runs on the stack of the caller that gave it its turn.
    private static TaskCompletionSource NewSettled() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>What a waiting participant does next.</summary>
internal enum Turn
{
    /// <summary>It takes its step.</summary>
    Step,

    /// <summary>It crashes before its step.</summary>
    Crash,

    /// <summary>Its commit never reaches the database, and the answer is lost.</summary>
    LoseBefore,

    /// <summary>Its commit takes effect, but the answer is lost.</summary>
    LoseAfter,
}
