namespace ControlTower.Diagnose;

/// <summary>A rejected row.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Line">The line on which the row begins, from 1.</param>
/// <param name="Reason">Why the row was rejected.</param>
internal sealed record RejectedRow(string File, long Line, string Reason);

/// <summary>The rejected rows: all are counted, the first ones are kept and reported immediately.</summary>
internal sealed class RejectedRows(TextWriter errors)
{
    private const int Kept = 1_000;
    private const int Told = 20;

    private readonly List<RejectedRow> _rows = [];

    public long Count { get; private set; }

    public IReadOnlyList<RejectedRow> Rows => _rows;

    public void Add(string file, long line, string reason)
    {
        Count++;
        if (Count <= Kept)
        {
            _rows.Add(new RejectedRow(file, line, reason));
        }

        if (Count <= Told)
        {
            errors.WriteLine(FormattableString.Invariant($"{file}:{line}: {reason} The row is left out."));
        }
        else if (Count == Told + 1)
        {
            errors.WriteLine("More rows are left out; the report lists them.");
        }
    }
}
