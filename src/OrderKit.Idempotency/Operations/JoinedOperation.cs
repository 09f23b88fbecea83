using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>An operation in a unit of work, in which its claim, effect and result are committed together.</summary>
/// <param name="UnitOfWork">The unit; write everything in it.</param>
/// <param name="Key">The operation.</param>
public sealed record JoinedOperation(UnitOfWork UnitOfWork, OperationKey Key)
{
    /// <summary>Derives a key for a downstream call. It is the same whenever this operation is repeated.</summary>
    public string DownstreamKey(string name) => DownstreamKeys.Of(Key, name);
}
