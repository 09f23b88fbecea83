namespace OrderKit.Specs;

/// <summary>Makes one of many calls fail, before it takes effect or after, so that only its answer is lost.</summary>
internal sealed class Faults : IStoreCalls
{
    private int _calls;
    private int _failing;
    private bool _after;

    /// <summary>Whether the call to fail was reached.</summary>
    public bool Met { get; private set; }

    /// <summary>Makes one call fail, counted from now.</summary>
    public void Arm(int call, bool after) => (_calls, _failing, _after, Met) = (0, call, after, false);

    public async ValueTask<T> CallAsync<T>(StoreCall call, Func<ValueTask<T>> act, Func<T, ValueTask>? takeBack = null)
    {
        var fails = ++_calls == _failing;
        if (fails && !_after)
        {
            Met = true;
            throw new InjectedFaultException(happened: false);
        }

        var result = await act();
        if (!fails)
        {
            return result;
        }

        if (takeBack is not null)
        {
            await takeBack(result);
        }

        Met = true;
        throw new InjectedFaultException(happened: true);
    }

    // A unit whose end is unknown ends with its connection.
    public ValueTask RollBackAsync(Func<ValueTask> act) => act();
}
