namespace OrderKit.Simulation;

/// <summary>xoshiro256**, seeded by SplitMix64: the same numbers on every machine and in every version of the runtime.</summary>
/// <remarks>
/// By Blackman and Vigna, prng.di.unimi.it, public domain. Written here because <see cref="System.Random"/> promises no algorithm.
/// </remarks>
internal sealed class SimulationRandom
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    public SimulationRandom(ulong seed)
    {
        _s0 = Split(ref seed);
        _s1 = Split(ref seed);
        _s2 = Split(ref seed);
        _s3 = Split(ref seed);
    }

    internal SimulationRandom(ulong s0, ulong s1, ulong s2, ulong s3) => (_s0, _s1, _s2, _s3) = (s0, s1, s2, s3);

    /// <summary>A separate stream per name, so that the fate of an order does not depend on the number of others.</summary>
    public static SimulationRandom For(ulong seed, string name)
    {
        // FNV-1a over UTF-16 units; string.GetHashCode differs from process to process.
        var hash = 14_695_981_039_346_656_037UL;
        foreach (var c in name)
        {
            hash = (hash ^ c) * 1_099_511_628_211UL;
        }

        return new SimulationRandom(seed ^ Split(ref hash));
    }

    public ulong Next()
    {
        var result = ulong.RotateLeft(_s1 * 5, 7) * 9;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = ulong.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>A number in [0, 1) of 53 bits, exact in binary: comparing it with a rate gives the same answer everywhere.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double rate) => Unit() < rate;

    /// <summary>A whole number in a closed range. The bias of the multiplication is below 2⁻⁴⁰ for our ranges.</summary>
    public long Between(long least, long most) => least + (long)Math.BigMul(Next(), (ulong)(most - least) + 1, out _);

    /// <summary>A length of time in whole seconds.</summary>
    public TimeSpan Between(TimeSpan least, TimeSpan most) =>
        TimeSpan.FromSeconds(Between(least.Ticks / TimeSpan.TicksPerSecond, most.Ticks / TimeSpan.TicksPerSecond));

    public T Pick<T>(IReadOnlyList<T> items) => items[(int)Between(0, items.Count - 1)];

    /// <summary>A number as systems give them: a prefix and so many digits.</summary>
    public string Digits(string prefix, int digits) => string.Create(digits + prefix.Length, (prefix, random: this), static (text, from) =>
    {
        from.prefix.CopyTo(text);
        for (var i = from.prefix.Length; i < text.Length; i++)
        {
            text[i] = (char)('0' + from.random.Between(0, 9));
        }
    });

    private static ulong Split(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15UL;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
