namespace OrderKit.Specs;

/// <summary>A store under test whose statements can be held one by one, so that everything between two of them can be tried.</summary>
public interface ISteppedStore
{
    /// <summary>Opens a participant that asks before each of its statements; it goes on when the answer has come.</summary>
    Task<IStoreActor> OpenSteppedAsync(Func<ValueTask> beforeStatement);

    /// <summary>Whether a statement of that participant waits for a lock that another one holds.</summary>
    ValueTask<bool> IsBlockedAsync(IStoreActor participant);
}
