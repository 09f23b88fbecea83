namespace OrderKit.Specs;

/// <summary>Stands between services and a store, and decides what becomes of each call.</summary>
internal interface IStoreCalls
{
    /// <summary>Makes a call, or does not.</summary>
    /// <param name="call">What is called.</param>
    /// <param name="act">Makes the call.</param>
    /// <param name="takeBack">Gives up what came of a call whose answer is lost.</param>
    ValueTask<T> CallAsync<T>(StoreCall call, Func<ValueTask<T>> act, Func<T, ValueTask>? takeBack = null);

    /// <summary>Ends a unit of work that was not committed.</summary>
    ValueTask RollBackAsync(Func<ValueTask> act);
}

/// <summary>A call at a store.</summary>
/// <param name="Kind">How it stands to units of work.</param>
/// <param name="Name">The port and its member.</param>
internal readonly record struct StoreCall(StoreCallKind Kind, string Name);

/// <summary>How a call stands to units of work.</summary>
internal enum StoreCallKind
{
    /// <summary>It begins a unit.</summary>
    Begin,

    /// <summary>It belongs to a unit that is open.</summary>
    Inside,

    /// <summary>It commits a unit.</summary>
    Commit,

    /// <summary>It ends a unit without a commit.</summary>
    RollBack,

    /// <summary>It is a transaction of its own.</summary>
    Alone,

    /// <summary>It only reads.</summary>
    Read,

    /// <summary>It is no call at the store: an effect elsewhere, or the answer to a caller.</summary>
    Elsewhere,
}
