using System.Globalization;

namespace OrderKit.Specs;

/// <summary>One way in which participants, and the time between them, take their steps.</summary>
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

    /// <summary>A name that no other interleaving on the store has.</summary>
    public string Mark => string.Create(CultureInfo.InvariantCulture, $"i{_number}");

    /// <summary>How many participants may crash.</summary>
    public int MayCrash { get; set; }

    /// <summary>How many commits may lose their answer.</summary>
    public int MayLoseCommits { get; set; }

    public long Steps { get; private set; }

    public int Crashes { get; private set; }

    public int LostCommits { get; private set; }

    public long Blocked { get; private set; }

    public string Trace => string.Join("\n  ", _trace);

    /// <summary>Adds a participant and what it does; it begins when <see cref="RunAsync"/> is called.</summary>
    public async Task AddAsync(Func<Participant, Task> act)
    {
        var participant = await _open(_running.Count).ConfigureAwait(false);
        _running.Add(participant);
        participant.Start(act);
        await participant.Settled.ConfigureAwait(false);
    }

    /// <summary>Lets the store's clock move on, at whatever moment.</summary>
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

                await AwaitServerAsync().ConfigureAwait(false);
                continue;
            }

            Expect.That(++Steps < MostSteps, "What participants do has an end.");
            var plain = options[0].Participant == last && last is not null && options[0].Turn == Turn.Step;
            var choice = _deviations < _mayDeviate ? _choices.Take(options.Count) : 0;
            if (choice > 0 && (plain || options[choice].Turn != Turn.Step))
            {
                _deviations++;
            }

            await TakeAsync(options[choice]).ConfigureAwait(false);
            last = options[choice].Participant ?? last;
        }
    }

    /// <summary>Ends what is still under way, so that it holds nothing.</summary>
    public async Task AbandonAsync()
    {
        foreach (var participant in _running)
        {
            if (participant.IsWaiting)
            {
                await participant.CrashAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>What may happen next; to go on with whoever went last is the plain way, and comes first.</summary>
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

    // Where only one can write, who wants to write waits for it inside the store and is not let in there: that is the same, and sooner known.
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
            await _store.AdvanceAsync(_clock.Dequeue()).ConfigureAwait(false);
            _trace.Add($"{option.Time} pass");
            return;
        }

        _trace.Add($"{participant.Name}: {participant.Next.Name}{option.Turn switch { Turn.Crash => " - crashes before it", Turn.LoseBefore => " - lost on its way", Turn.LoseAfter => " - its answer is lost", _ => "" }}");
        if (option.Turn == Turn.Crash)
        {
            Crashes++;
            await participant.CrashAsync().ConfigureAwait(false);
        }
        else
        {
            LostCommits += option.Turn == Turn.Step ? 0 : 1;
            participant.Give(option.Turn);
            await SettleAsync(participant).ConfigureAwait(false);
        }

        foreach (var other in _running.Where(other => other.IsBlocked))
        {
            await SettleAsync(other).ConfigureAwait(false);
        }
    }

    // It has made its step when it waits for its next turn, is done, or is known to wait for another one's lock.
    private async Task SettleAsync(Participant participant)
    {
        while (!participant.Settled.IsCompleted)
        {
            if (_store is not ISteppedStore stepped || !_store.Abilities.HasFlag(StoreAbilities.ParallelUnits))
            {
                await participant.Settled.ConfigureAwait(false);
            }
            else if (await stepped.IsBlockedAsync(participant.Raw).ConfigureAwait(false))
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

    // All wait for each other's locks: the server ends that.
    private async Task AwaitServerAsync()
    {
        var blocked = _running.Where(participant => participant.IsBlocked).ToList();
        Expect.That(blocked.Count > 0, "Participants do not wait for each other.");
        _trace.Add("the server ends a deadlock");
        await Task.WhenAny(blocked.Select(participant => participant.Settled)).ConfigureAwait(false);
        foreach (var participant in blocked)
        {
            await SettleAsync(participant).ConfigureAwait(false);
        }
    }

    private readonly record struct Option(Participant? Participant, Turn Turn, TimeSpan Time);
}
