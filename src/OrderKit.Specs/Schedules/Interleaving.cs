using System.Globalization;

namespace OrderKit.Specs;

/// <summary>One order in which participants and the clock take their steps.</summary>
internal sealed class Interleaving
{
    private const int MostSteps = 2_000;

    private readonly IStoreUnderTest _store;
    private readonly Func<int, Task<Participant>> _open;
    private readonly Choices _choices;
    private readonly long _number;
    private readonly int _mayDeviate;
    private readonly List<Participant> _running = [];
    private readonly Queue<TimeSpan> _clock = [];
    private readonly List<string> _trace = [];
    private int _deviations;

    public Interleaving(IStoreUnderTest store, Func<int, Task<Participant>> open, Choices choices, long number, int mayDeviate) =>
        (_store, _open, _choices, _number, _mayDeviate) = (store, open, choices, number, mayDeviate);

    /// <summary>A name that is unique on the store.</summary>
    public string Mark => string.Create(CultureInfo.InvariantCulture, $"i{_number}");

    /// <summary>The number of participants that may crash.</summary>
    public int MayCrash { get; set; }

    /// <summary>The number of commits whose answer may be lost.</summary>
    public int MayLoseCommits { get; set; }

    public long Steps { get; private set; }

    public int Crashes { get; private set; }

    public int LostCommits { get; private set; }

    public long Blocked { get; private set; }

    public string Trace => string.Join("\n  ", _trace);

    /// <summary>Adds a participant with its action, which begins when <see cref="RunAsync"/> is called.</summary>
    public async Task AddAsync(Func<Participant, Task> act)
    {
        var participant = await _open(_running.Count);
        _running.Add(participant);
        participant.Start(act);
        await participant.Settled;
    }

    /// <summary>Advances the store's clock at an arbitrary step.</summary>
    public void Passes(TimeSpan time) => _clock.Enqueue(time);

    /// <summary>Gives turns until all participants are done.</summary>
    public async Task RunAsync()
    {
        Participant? last = null;
        while (true)
        {
            var options = Options(last);
            if (options.Count == 0)
            {
                if (_running.TrueForAll(participant => participant.IsFinished))
                {
                    var failed = _running.Find(participant => participant.Failure is not null);
                    Expect.That(failed is null, $"{failed?.Name} fails: {failed?.Failure}");
                    return;
                }

                await AwaitServerAsync();
                continue;
            }

            Expect.That(++Steps < MostSteps, "Participants must end.");
            var plain = options[0].Participant == last && last is not null && options[0].Turn == Turn.Step;
            var choice = _deviations < _mayDeviate ? _choices.Take(options.Count) : 0;
            if (choice > 0 && (plain || options[choice].Turn != Turn.Step))
            {
                _deviations++;
            }

            await TakeAsync(options[choice]);
            last = options[choice].Participant ?? last;
        }
    }

    /// <summary>Ends all participants, so that they hold no locks.</summary>
    public async Task AbandonAsync()
    {
        foreach (var participant in _running)
        {
            if (participant.IsWaiting)
            {
                await participant.CrashAsync();
            }
        }
    }

    /// <summary>Returns the possible next steps. The default, to continue with the last participant, comes first.</summary>
    private List<Option> Options(Participant? last)
    {
        var ready = _running.Where(CanStep).OrderBy(participant => participant == last ? 0 : 1).ToList();
        var options = new List<Option>(ready.Count + 4);
        options.AddRange(ready.Select(participant => new Option(participant, Turn.Step, default)));
        if (ready.Count > 0 && _clock.TryPeek(out var time))
        {
            options.Add(new Option(null, Turn.Step, time));
        }

        foreach (var participant in ready)
        {
            if (Crashes < MayCrash)
            {
                options.Add(new Option(participant, Turn.Crash, default));
            }

            if (participant.Next.Kind == StoreCallKind.Commit && LostCommits < MayLoseCommits)
            {
                options.Add(new Option(participant, Turn.LoseBefore, default));
                options.Add(new Option(participant, Turn.LoseAfter, default));
            }
        }

        return options;
    }

    // On a store with one writer, a second writer would only wait inside the store, so it is not started. The result is the same.
    private bool CanStep(Participant participant)
    {
        if (!participant.IsWaiting)
        {
            return false;
        }

        var needsAll = participant.Next.Kind switch
        {
            StoreCallKind.Begin or StoreCallKind.Alone => !_store.Abilities.HasFlag(StoreAbilities.ParallelUnits),
            StoreCallKind.Read => !_store.Abilities.HasFlag(StoreAbilities.ParallelReads),
            _ => false,
        };
        return !needsAll || _running.TrueForAll(other => other == participant || !other.HasOpenUnit);
    }

    private async Task TakeAsync(Option option)
    {
        if (option.Participant is not { } participant)
        {
            await _store.AdvanceAsync(_clock.Dequeue());
            _trace.Add($"{option.Time} pass");
            return;
        }

        var fault = option.Turn switch
        {
            Turn.Crash => " - crashes before it",
            Turn.LoseBefore => " - lost on its way",
            Turn.LoseAfter => " - its answer is lost",
            _ => "",
        };
        _trace.Add($"{participant.Name}: {participant.Next.Name}{fault}");
        if (option.Turn == Turn.Crash)
        {
            Crashes++;
            await participant.CrashAsync();
        }
        else
        {
            LostCommits += option.Turn == Turn.Step ? 0 : 1;
            participant.Give(option.Turn);
            await SettleAsync(participant);
        }

        foreach (var other in _running.Where(other => other.IsBlocked))
        {
            await SettleAsync(other);
        }
    }

    // A step has ended when the participant waits for its next turn, is done, or waits for a lock of another one.
    private async Task SettleAsync(Participant participant)
    {
        while (!participant.Settled.IsCompleted)
        {
            if (_store is not ISteppedStore stepped || !_store.Abilities.HasFlag(StoreAbilities.ParallelUnits))
            {
                await participant.Settled;
            }
            else if (await stepped.IsBlockedAsync(participant.Raw))
            {
                if (!participant.IsBlocked)
                {
                    _trace.Add($"{participant.Name}: waits for a lock");
                    Blocked++;
                }

                participant.IsBlocked = true;
                return;
            }
        }

        participant.IsBlocked = false;
    }

    // All wait for each other's locks, so the server must end the deadlock.
    private async Task AwaitServerAsync()
    {
        var blocked = _running.Where(participant => participant.IsBlocked).ToList();
        Expect.That(blocked.Count > 0, "Participants must not wait for each other.");
        _trace.Add("the server ends a deadlock");
        await Task.WhenAny(blocked.Select(participant => participant.Settled));
        foreach (var participant in blocked)
        {
            await SettleAsync(participant);
        }
    }

    private readonly record struct Option(Participant? Participant, Turn Turn, TimeSpan Time);
}
