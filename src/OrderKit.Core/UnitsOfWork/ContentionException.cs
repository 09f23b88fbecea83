using System.Data.Common;

namespace OrderKit.Core;

/// <summary>The database ended a transaction because of another one that needs the same rows: nothing of it is there, and all of it may be done again.</summary>
/// <remarks>
/// It is the driver's exception, which is inside, said in words that all stores share. A unit of work that a host enlisted is aborted: roll
/// it back, or back to a savepoint of the host's own, and repeat it whole. What a unit of OrderKit's own does about it says each service.
/// </remarks>
public sealed class ContentionException : DbException
{
    /// <summary>Makes the exception around what the driver threw.</summary>
    /// <param name="isHeld">See <see cref="IsHeld"/>.</param>
    /// <param name="innerException">What the driver threw.</param>
    public ContentionException(bool isHeld, DbException innerException)
        : base(isHeld
            ? "Another transaction holds what this one needs, and lock_timeout was over first. This one is aborted: roll it back and repeat it later, under the same keys."
            : "This transaction and another one stood in each other's way, and the database ended this one. Roll it back and repeat the whole of it, under the same keys.",
            innerException)
    {
        ArgumentNullException.ThrowIfNull(innerException);
        IsHeld = isHeld;
        SqlState = innerException.SqlState;
    }

    /// <summary>Whether the other one goes on holding what is needed (<c>lock_timeout</c>); else it was a deadlock or a serialisation failure, and the other one can end now.</summary>
    public bool IsHeld { get; }

    /// <inheritdoc/>
    public override string? SqlState { get; }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}
