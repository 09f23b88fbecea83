using System.Text;

namespace OrderKit.Simulation;

/// <summary>What the host answers to a delivery, as its sender sees it over HTTP.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The body.</param>
public sealed record SimulatedAnswer(int Status, ReadOnlyMemory<byte> Body = default)
{
    /// <summary>An answer with a text as its body.</summary>
    public static SimulatedAnswer Of(int status, string body = "") => new(status, Encoding.UTF8.GetBytes(body));
}
