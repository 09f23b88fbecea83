using System.Security.Cryptography;

namespace OrderKit.Messaging;

/// <summary>Random numbers between 0 and 1 for pauses.</summary>
internal sealed class JitterSource
{
    public double Next() => RandomNumberGenerator.GetInt32(1, 1_000_001) / 1_000_000.0;
}
