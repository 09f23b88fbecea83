namespace OrderKit.Specs;

/// <summary>Intercepts the calls between services and a store.</summary>
internal interface IStoreCalls
{
    /// <summary>Makes a call or prevents it.</summary>
    /// <param name="call">The call.</param>
    /// <param name="act">Makes the call.</param>
    /// <param name="takeBack">Discards the result of a call whose answer is lost.</param>
    ValueTask<T> CallAsync<T>(StoreCall call, Func<ValueTask<T>> act, Func<T, ValueTask>? takeBack = null);

    /// <summary>Ends a unit of work without a commit.</summary>
    ValueTask RollBackAsync(Func<ValueTask> act);
}

/// <summary>A call to a store.</summary>
/// <param name="Kind">The relation of the call to units of work.</param>
/// <param name="Name">The name of the port and its member.</param>
internal readonly record struct StoreCall(StoreCallKind Kind, string Name);

/// <summary>The relation of a call to units of work.</summary>
internal enum StoreCallKind
{
    /// <summary>The call begins a unit.</summary>
    Begin,

    /// <summary>The call belongs to an open unit.</summary>
    Inside,

    /// <summary>The call commits a unit.</summary>
    Commit,

    /// <summary>The call ends a unit without a commit.</summary>
    RollBack,

    /// <summary>The call is its own transaction.</summary>
    Alone,

    /// <summary>The call only reads.</summary>
    Read,

    /// <summary>Not a call to the store, but an effect elsewhere or the answer to a caller.</summary>
    Elsewhere,
}
