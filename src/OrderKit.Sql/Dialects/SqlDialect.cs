using System.Data.Common;
using OrderKit.Core;

namespace OrderKit.Sql;

/// <summary>The SQL dialect of one kind of database. Packages that bring a driver implement it.</summary>
public abstract class SqlDialect
{
    /// <summary>The name of the database in messages.</summary>
    public abstract string Name { get; }

    /// <summary>Whether statements take arrays as parameters. Otherwise rows are written one by one with prepared statements.</summary>
    public abstract bool WritesSets { get; }

    /// <summary>Whether commands are kept and reused on their connection.</summary>
    public abstract bool KeepsCommands { get; }

    /// <summary>Whether a failed statement makes its whole transaction fail.</summary>
    public virtual bool FailsWholeTransactions => false;

    /// <summary>The SQL expression for the current time by the store's clock.</summary>
    public abstract string Now { get; }

    /// <summary>The value of the parameter in <see cref="Now"/>; <see langword="null"/> if it has none.</summary>
    public virtual object? NowParameter => null;

    /// <summary>Returns the name of the n-th parameter, starting at 1, that a statement writes as <c>$n</c>.</summary>
    public abstract string ParameterName(int number);

    /// <summary>Converts an instant to a parameter value.</summary>
    public abstract object FromInstant(DateTimeOffset instant);

    /// <summary>Converts a duration that is added to an instant to a parameter value.</summary>
    public abstract object FromDuration(TimeSpan duration);

    /// <summary>Reads an instant, in UTC.</summary>
    public abstract DateTimeOffset ReadInstant(DbDataReader reader, int ordinal);

    /// <summary>Converts instants to an array as a parameter value.</summary>
    public virtual Array FromInstants(IReadOnlyList<DateTimeOffset?> instants) =>
        throw new NotSupportedException($"{Name} does not support arrays as parameters.");

    /// <summary>Returns whether a commit that failed with this exception may have succeeded anyway.</summary>
    public abstract bool IsCommitOutcomeUnknown(Exception exception);

    /// <summary>Returns an exception if a statement failed because of another transaction; otherwise <see langword="null"/>.</summary>
    public virtual ContentionException? ContentionOf(DbException exception) => null;

    /// <summary>
    /// The statement that limits how long its transaction waits for locks ($1, in milliseconds), or <see langword="null"/> if there are no
    /// lock waits.
    /// </summary>
    public virtual string? LimitLockWaits => null;

    /// <summary>Returns a statement that counts the tables with the name in its only parameter (0 or 1).</summary>
    public abstract string TableExists(SqlNames names);

    /// <summary>Returns statements that lock out other processes until the transaction ends and create the schema.</summary>
    public abstract IReadOnlyList<string> BeforeMigration(SqlNames names);
}
