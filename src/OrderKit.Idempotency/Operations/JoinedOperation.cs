using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>An operation that is done in a unit of work, where its claim, its effect and its result stand or fall together.</summary>
/// <param name="UnitOfWork">The unit; write everything in it.</param>
/// <param name="Key">The operation.</param>
public sealed record JoinedOperation(UnitOfWork UnitOfWork, OperationKey Key)
{
    /// <summary>A key for a further call, the same whenever this operation is repeated.</summary>
    public string DownstreamKey(string name) => DownstreamKeys.Of(Key, name);
}
