using OrderKit.Core;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>What one caller of a group wants written: under which claims, and how.</summary>
/// <remarks>A unit that fails is rolled back and its members act again in another one, each time from the beginning.</remarks>
internal abstract class GroupMember
{
    /// <summary>What it claims; the last one names its kind.</summary>
    public abstract IReadOnlyList<OperationRequest> Requests { get; }

    /// <summary>On what terms.</summary>
    public abstract ClaimTerms Terms { get; }

    /// <summary>The kind of business.</summary>
    public string Scope => Requests[^1].Key.Scope;

    /// <summary>The claims that it holds in the unit that is being written.</summary>
    public IReadOnlyList<OperationClaim> Claims { get; set; } = [];

    /// <summary>What is to be written of its claim after it has acted.</summary>
    public OperationChange? Change { get; protected set; }

    /// <summary>Whether it wrote something although it holds no claim.</summary>
    public bool HasWritten { get; protected set; }

    /// <summary>Does what its caller wants in the unit, or finds in the rows that others have done it.</summary>
    /// <param name="unitOfWork">The unit, which others write too.</param>
    /// <param name="answers">What the store answered to each request.</param>
    public abstract Task ActAsync(UnitOfWork unitOfWork, IReadOnlyList<ClaimAnswer> answers);

    /// <summary>Tells its caller that somebody who is not done yet holds what it claims; <see langword="false"/> where the caller hears of that as a failure.</summary>
    public virtual bool TellHeld() => false;

    /// <summary>Forgets what it did in a unit that was rolled back.</summary>
    public void Reset()
    {
        Claims = [];
        Change = null;
        HasWritten = false;
    }
}
