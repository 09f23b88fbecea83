namespace OrderKit.Specs;

/// <summary>A store under test whose statements can be delayed one by one, so that a test can act between them.</summary>
public interface ISteppedStore
{
    /// <summary>Opens a participant that awaits a callback before each of its statements.</summary>
    Task<IStoreActor> OpenSteppedAsync(Func<ValueTask> beforeStatement);

    /// <summary>Returns whether a statement of the participant waits for a lock of another one.</summary>
    ValueTask<bool> IsBlockedAsync(IStoreActor participant);
}
