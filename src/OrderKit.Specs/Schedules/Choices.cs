namespace OrderKit.Specs;

/// <summary>Chooses among the options of an interleaving: all combinations in turn, or some at random.</summary>
internal sealed class Choices(Random? random = null)
{
    private readonly List<(int Taken, int Options)> _taken = [];
    private int _place;

    /// <summary>The choices as a short text, to replay them.</summary>
    public string Path => string.Join('.', _taken.Select(choice => choice.Taken));

    /// <summary>Takes one of several options. The first is the default.</summary>
    public int Take(int options)
    {
        if (random is not null)
        {
            // A uniform choice would switch at almost every step, but most errors need only few switches.
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
            // If the clock or the timing of a server changed the options, the replay continues as far as possible.
            _taken[_place] = (Math.Min(_taken[_place].Taken, options - 1), options);
        }

        return _taken[_place++].Taken;
    }

    /// <summary>Begins the next interleaving. Returns <see langword="false"/> if all were tried.</summary>
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
