using OrderKit.Core;

namespace OrderKit.Simulation;

/// <summary>Settings of a <see cref="SimulatedRetailWorld"/>.</summary>
public sealed record SimulatedRetailOptions
{
    /// <summary>How often each fault happens.</summary>
    public FaultRates Faults { get; init; } = new();

    /// <summary>Whether the world's own ERP orders the warehouse to ship, with the command <c>release</c>.</summary>
    /// <value><see langword="true"/>; a host that releases orders itself turns it off.</value>
    public bool ReleasesOrders { get; init; } = true;

    /// <summary>What the names of all sources begin with, so that nobody takes them for real ones.</summary>
    /// <value><c>sim-</c>.</value>
    public string SourcePrefix { get; init; } = "sim-";

    /// <summary>The tenant of the world's own sales.</summary>
    public TenantId Tenant { get; init; } = TenantId.Default;

    /// <summary>When the world's own sales begin.</summary>
    /// <value>5 January 2026, 00:00 UTC.</value>
    public DateTimeOffset Start { get; init; } = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The mean time between two of the world's own sales.</summary>
    /// <value>1 minute.</value>
    public TimeSpan Pace { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The channels of the world's own sales.</summary>
    /// <value>TB, JD, PDD, DY and WX.</value>
    public IReadOnlyList<ChannelCode> Channels { get; init; } = [new("TB"), new("JD"), new("PDD"), new("DY"), new("WX")];

    /// <summary>The currency of the world's own sales.</summary>
    /// <value>CNY.</value>
    public Currency Currency { get; init; } = Currency.CNY;

    /// <summary>The share of the world's own sales of which money goes back.</summary>
    /// <value>0.05.</value>
    public double ReturnRate { get; init; } = 0.05;

    internal void Check(string parameterName)
    {
        Faults.Check(parameterName);
        if (double.IsNaN(ReturnRate) || ReturnRate is < 0 or > 1)
        {
            throw new ArgumentException($"ReturnRate is {ReturnRate.ToString(System.Globalization.CultureInfo.InvariantCulture)}; a rate lies between 0 and 1.", parameterName);
        }

        if (Pace < TimeSpan.FromSeconds(1))
        {
            throw new ArgumentException($"Pace is {Pace}; it is at least one second.", parameterName);
        }

        if (Channels.Count == 0)
        {
            throw new ArgumentException("Channels is empty; the world sells on one channel at least.", parameterName);
        }
    }
}
