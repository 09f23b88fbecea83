using System.Globalization;
using System.Text;

namespace ControlTower.Diagnose;

/// <summary>A CSV file with a header, plain or compressed, read row by row; a row that cannot be read says why and on which line.</summary>
/// <remarks>Fields are separated by commas and may be quoted; a quoted field may hold commas, doubled quotes and line breaks.</remarks>
internal sealed class CsvTable : IDisposable
{
    private const int MaxLinesOfRow = 100;

    private readonly FileStream _file;
    private readonly StreamReader _text;
    private readonly LineReader _lines;
    private readonly List<string> _fields = [];
    private readonly StringBuilder _field = new();
    private readonly Dictionary<string, int> _columns = new(StringComparer.OrdinalIgnoreCase);
    private Queue<(string Text, long Number, bool IsCut)> _again = new();
    private int _width;
    private long _read;

    private CsvTable(string path, FileStream file)
    {
        Name = Path.GetFileName(path);
        _file = file;

        // The content tells whether it is compressed: names of exports are changed by people and mail programs.
        var isCompressed = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        _text = new StreamReader(isCompressed ? new WholeGzipStream(file) : file, Encoding.UTF8);
        _lines = new LineReader(_text);
    }

    /// <summary>The file's name without its folder.</summary>
    public string Name { get; }

    /// <summary>The line on which the current row begins, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Why the current row cannot be used; <see langword="null"/> where it can.</summary>
    public string? Fault { get; private set; }

    /// <summary>How much of the file is read, from 0 to 1.</summary>
    public double Share => _file.Length == 0 ? 1 : (double)_file.Position / _file.Length;

    /// <summary>The text of a column in the current row; empty for a column that the file does not have.</summary>
    public string this[int column] => column < 0 ? "" : _fields[column];

    /// <summary>Opens a file and reads its header.</summary>
    /// <exception cref="InputException">It cannot be read, or has no header.</exception>
    public static CsvTable Open(string path)
    {
        CsvTable table;
        try
        {
            table = new CsvTable(path, new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be read: {e.Message}", e);
        }

        try
        {
            table.ReadHeader();
            return table;
        }
        catch
        {
            table.Dispose();
            throw;
        }
    }

    /// <summary>The number of a column.</summary>
    /// <exception cref="InputException">The file does not have it.</exception>
    public int Column(string name) => OptionalColumn(name) is var column and >= 0
        ? column
        : throw new InputException(
            $"{Name}:{Line.ToString(CultureInfo.InvariantCulture)}: the column '{name}' is missing; the header has "
            + $"{string.Join(", ", _columns.Keys)}.");

    /// <summary>The number of a column; -1 where the file does not have it.</summary>
    public int OptionalColumn(string name) => _columns.GetValueOrDefault(name, -1);

    /// <summary>Goes to the next row that is not empty.</summary>
    /// <exception cref="InputException">The file is damaged.</exception>
    public bool Read()
    {
        while (NextLine() is { } line)
        {
            if (string.IsNullOrWhiteSpace(line.Text))
            {
                continue;
            }

            Line = line.Number;
            ReadRow(line);
            return true;
        }

        return false;
    }

    public void Dispose() => _text.Dispose();

    private void ReadHeader()
    {
        if (!Read())
        {
            throw new InputException($"{Name} is empty; it must begin with a header.");
        }

        if (Fault is not null)
        {
            throw new InputException($"{Name}:{Line.ToString(CultureInfo.InvariantCulture)}: the header cannot be read: {Fault}");
        }

        _width = _fields.Count;
        for (var i = 0; i < _fields.Count; i++)
        {
            _columns.TryAdd(_fields[i].Trim(), i);
        }
    }

    private void ReadRow((string Text, long Number, bool IsCut) first)
    {
        Fault = null;
        if (first.IsCut)
        {
            Fault = string.Create(CultureInfo.InvariantCulture, $"The line is longer than {LineReader.MaxLength:N0} characters.");
            return;
        }

        var text = first.Text;
        var further = new List<(string Text, long Number, bool IsCut)>();
        var fault = Parse(text, out var isOpen);
        while (isOpen)
        {
            var next = further.Count < MaxLinesOfRow && text.Length < LineReader.MaxLength ? NextLine() : null;
            if (next is not { IsCut: false } line)
            {
                if (next is { } cut)
                {
                    further.Add(cut);
                }

                fault = "A quoted field is never closed.";
                break;
            }

            further.Add(line);
            text = string.Concat(text, "\n", line.Text);
            if (line.Text.Contains('"', StringComparison.Ordinal))
            {
                fault = Parse(text, out isOpen);
            }
        }

        if (fault is null && _width > 0 && _fields.Count != _width)
        {
            fault = string.Create(CultureInfo.InvariantCulture, $"The row has {_fields.Count} fields; the header has {_width}.");
        }

        Fault = fault;
        if (fault is not null && further.Count > 0)
        {
            // One stray quote costs its own line, and not those that it seemed to take in.
            _again = new([.. further, .. _again]);
        }
    }

    private string? Parse(string text, out bool isOpen)
    {
        _fields.Clear();
        isOpen = false;
        var at = 0;
        while (true)
        {
            if (at < text.Length && text[at] == '"')
            {
                _field.Clear();
                for (at++; ; at++)
                {
                    if (at == text.Length)
                    {
                        isOpen = true;
                        return null;
                    }

                    if (text[at] == '"')
                    {
                        if (at + 1 == text.Length || text[at + 1] != '"')
                        {
                            break;
                        }

                        at++;
                    }

                    _field.Append(text[at]);
                }

                _fields.Add(_field.ToString());
                if (++at < text.Length && text[at] != ',')
                {
                    return "A quoted field goes on after its closing quote.";
                }
            }
            else
            {
                var end = text.IndexOf(',', at) is var comma and >= 0 ? comma : text.Length;
                _fields.Add(text[at..end]);
                at = end;
            }

            if (at >= text.Length)
            {
                return null;
            }

            at++;
        }
    }

    private (string Text, long Number, bool IsCut)? NextLine()
    {
        if (_again.TryDequeue(out var again))
        {
            return again;
        }

        try
        {
            return _lines.Read() is { } text ? (text, ++_read, _lines.IsCut) : null;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new InputException(
                $"{Name}:{(_read + 1).ToString(CultureInfo.InvariantCulture)}: the file is damaged and cannot be read on: {e.Message}", e);
        }
    }
}
