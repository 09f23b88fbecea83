using System.Text;

namespace ControlTower.Diagnose;

/// <summary>Reads lines without ever holding more than a limit of one, whatever the file turns out to be.</summary>
internal sealed class LineReader(TextReader reader)
{
    /// <summary>The longest line, in characters.</summary>
    public const int MaxLength = 65_536;

    private readonly char[] _buffer = new char[16_384];
    private readonly StringBuilder _line = new();
    private int _next;
    private int _end;

    /// <summary>Whether the last line was longer than <see cref="MaxLength"/>, and is cut.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The next line, without its end; <see langword="null"/> after the last.</summary>
    public string? Read()
    {
        _line.Clear();
        IsCut = false;
        while (Fill())
        {
            var rest = _buffer.AsSpan(_next, _end - _next);
            var length = rest.IndexOfAny('\r', '\n');
            Keep(length < 0 ? rest : rest[..length]);
            _next += length < 0 ? rest.Length : length + 1;
            if (length < 0)
            {
                continue;
            }

            if (rest[length] == '\r' && Fill() && _buffer[_next] == '\n')
            {
                _next++;
            }

            return _line.ToString();
        }

        return _line.Length > 0 ? _line.ToString() : null;
    }

    private bool Fill()
    {
        if (_next < _end)
        {
            return true;
        }

        _next = 0;
        _end = reader.Read(_buffer, 0, _buffer.Length);
        return _end > 0;
    }

    private void Keep(ReadOnlySpan<char> part)
    {
        var room = MaxLength - _line.Length;
        IsCut |= part.Length > room;
        _line.Append(part[..Math.Min(part.Length, room)]);
    }
}
