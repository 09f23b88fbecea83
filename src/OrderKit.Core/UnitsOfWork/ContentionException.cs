using System.Data.Common;

namespace OrderKit.Core;

/// <summary>
/// The database aborted a transaction because another one uses the same rows. Nothing was written, and all of it may be repeated.
/// </summary>
/// <remarks>
/// The inner exception is the one of the driver. A transaction that a host enlisted is aborted: roll it back, or back to a savepoint of the
/// host, and repeat all of it. What a service does about its own transaction is documented with the service.
/// </remarks>
public sealed class ContentionException : DbException
{
    /// <summary>Makes the exception around the exception of the driver.</summary>
    /// <param name="isHeld">See <see cref="IsHeld"/>.</param>
    /// <param name="innerException">The exception of the driver.</param>
    public ContentionException(bool isHeld, DbException innerException)
        : base(isHeld
            ? "Another transaction held a lock for longer than lock_timeout. Roll this one back and repeat it later with the same keys."
            : "The database reported a deadlock or a serialization failure. Roll this transaction back and repeat it with the same keys.",
            innerException)
    {
        ArgumentNullException.ThrowIfNull(innerException);
        IsHeld = isHeld;
        SqlState = innerException.SqlState;
    }

    /// <summary>
    /// Whether the other transaction still holds the lock (<c>lock_timeout</c>). If not, it was a deadlock or a serialization failure.
    /// </summary>
    public bool IsHeld { get; }

    /// <inheritdoc/>
    public override string? SqlState { get; }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}
