namespace OrderKit.Specs;

/// <summary>Which way an interleaving takes wherever there are several: all ways one after the other, or some by chance.</summary>
internal sealed class Choices(Random? random = null)
{
    private readonly List<(int Taken, int Options)> _taken = [];
    private int _place;

    /// <summary>The way in short, for whoever wants to see it again.</summary>
    public string Path => string.Join('.', _taken.Select(choice => choice.Taken));

    /// <summary>Takes one of several options; the first is the plain one.</summary>
    public int Take(int options)
    {
        if (random is not null)
        {
            // Chance alone would switch at almost every step; what goes wrong mostly needs few switches.
            var drawn = random.Next(3) == 0 ? random.Next(options) : 0;
            _taken.Add((drawn, options));
            return drawn;
        }

        if (_place == _taken.Count)
        {
            _taken.Add((0, options));
        }
        else if (_taken[_place].Options != options)
        {
            // Where a server's own clock or its timing had a say, the way goes on as far as it can.
            _taken[_place] = (Math.Min(_taken[_place].Taken, options - 1), options);
        }

        return _taken[_place++].Taken;
    }

    /// <summary>Begins the next interleaving; <see langword="false"/> where all were tried.</summary>
    public bool Next()
    {
        _place = 0;
        if (random is not null)
        {
            _taken.Clear();
            return true;
        }

        while (_taken.Count > 0)
        {
            var (taken, options) = _taken[^1];
            if (taken + 1 < options)
            {
                _taken[^1] = (taken + 1, options);
                return true;
            }

            _taken.RemoveAt(_taken.Count - 1);
        }

        return false;
    }
}
