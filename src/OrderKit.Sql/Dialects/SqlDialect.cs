using System.Data.Common;
using OrderKit.Core;

namespace OrderKit.Sql;

/// <summary>How one kind of database spells things and keeps values. Implemented by the packages that bring a driver.</summary>
public abstract class SqlDialect
{
    /// <summary>The database's name in messages.</summary>
    public abstract string Name { get; }

    /// <summary>Whether one statement takes whole arrays; otherwise rows are written one by one with prepared statements.</summary>
    public abstract bool WritesSets { get; }

    /// <summary>Whether a command is kept and used again on its connection.</summary>
    public abstract bool KeepsCommands { get; }

    /// <summary>Whether a statement that fails takes its whole transaction along.</summary>
    public virtual bool FailsWholeTransactions => false;

    /// <summary>The expression for the store's clock.</summary>
    public abstract string Now { get; }

    /// <summary>The value of the parameter in <see cref="Now"/>; <see langword="null"/> where it has none.</summary>
    public virtual object? NowParameter => null;

    /// <summary>The name to give the n-th parameter, counted from 1, so that a statement can say <c>$n</c>.</summary>
    public abstract string ParameterName(int number);

    /// <summary>The value of a parameter for an instant.</summary>
    public abstract object FromInstant(DateTimeOffset instant);

    /// <summary>The value of a parameter for a duration that is added to an instant.</summary>
    public abstract object FromDuration(TimeSpan duration);

    /// <summary>Reads an instant, in UTC.</summary>
    public abstract DateTimeOffset ReadInstant(DbDataReader reader, int ordinal);

    /// <summary>Makes the array that a parameter for many instants takes.</summary>
    public virtual Array FromInstants(IReadOnlyList<DateTimeOffset?> instants) =>
        throw new NotSupportedException($"{Name} takes no arrays.");

    /// <summary>Whether a commit that failed in this way may have taken effect all the same.</summary>
    public abstract bool IsCommitOutcomeUnknown(Exception exception);

    /// <summary>Says that a statement failed because of another transaction; <see langword="null"/> where it failed for another reason.</summary>
    public virtual ContentionException? ContentionOf(DbException exception) => null;

    /// <summary>The statement that limits the lock waits of its transaction ($1, in milliseconds); <see langword="null"/> where there are none.</summary>
    public virtual string? LimitLockWaits => null;

    /// <summary>The statement that counts the tables named by its one parameter (0 or 1).</summary>
    public abstract string TableExists(SqlNames names);

    /// <summary>Statements that keep other processes away until the transaction ends, and make the schema.</summary>
    public abstract IReadOnlyList<string> BeforeMigration(SqlNames names);
}
