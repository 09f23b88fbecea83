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

    /// <summary>The payment providers of a <see cref="SimulatedTraffic"/>.</summary>
    /// <value>Alipay and WeChat Pay.</value>
    public IReadOnlyList<PaymentProvider> Providers { get; init; } = [PaymentProvider.Alipay, PaymentProvider.WeChatPay];

    /// <summary>The channels whose shop is the host's own: it sees carts there, and buyers may have two tabs open.</summary>
    /// <value>WX.</value>
    public IReadOnlyList<ChannelCode> OwnChannels { get; init; } = [new("WX")];

    /// <summary>The share of payments after which the buyer's browser comes back to the shop and tells of it.</summary>
    /// <value>0.7.</value>
    public double BrowserReturnRate { get; init; } = 0.7;

    /// <summary>The share of orders that are never paid, so that the provider closes the trade.</summary>
    /// <value>0.05.</value>
    public double AbandonRate { get; init; } = 0.05;

    /// <summary>The share of Alipay's trades that are told to be finished, when nothing of them can be refunded any more.</summary>
    /// <value>0.3.</value>
    public double FinishedRate { get; init; } = 0.3;

    /// <summary>The share of sales after which the buyer orders other articles of the same amount within two hours.</summary>
    /// <value>0.01.</value>
    public double SecondOrderRate { get; init; } = 0.01;

    /// <summary>The share of sales after which the buyer orders the same again days later: a good order.</summary>
    /// <value>0.02.</value>
    public double RepeatRate { get; init; } = 0.02;

    /// <summary>The share of sales that the buyer cancels within minutes and places again: a good order.</summary>
    /// <value>0.01.</value>
    public double ReorderRate { get; init; } = 0.01;

    internal void Check(string parameterName)
    {
        Faults.Check(parameterName);
        Rate(ReturnRate, nameof(ReturnRate));
        Rate(BrowserReturnRate, nameof(BrowserReturnRate));
        Rate(AbandonRate, nameof(AbandonRate));
        Rate(FinishedRate, nameof(FinishedRate));
        Rate(SecondOrderRate, nameof(SecondOrderRate));
        Rate(RepeatRate, nameof(RepeatRate));
        Rate(ReorderRate, nameof(ReorderRate));
        if (Faults.TwoTabs + SecondOrderRate + RepeatRate + ReorderRate > 1 + 1e-9)
        {
            throw new ArgumentException(
                "TwoTabs, SecondOrderRate, RepeatRate and ReorderRate add up to more than 1; a sale is followed by one other at most.",
                parameterName);
        }

        if (Providers.Count == 0)
        {
            throw new ArgumentException("Providers is empty; somebody takes the buyers' money.", parameterName);
        }

        if (Pace < TimeSpan.FromSeconds(1))
        {
            throw new ArgumentException($"Pace is {Pace}; it is at least one second.", parameterName);
        }

        if (Channels.Count == 0)
        {
            throw new ArgumentException("Channels is empty; the world sells on one channel at least.", parameterName);
        }

        void Rate(double rate, string name)
        {
            if (double.IsNaN(rate) || rate is < 0 or > 1)
            {
                throw new ArgumentException(
                    $"{name} is {rate.ToString(System.Globalization.CultureInfo.InvariantCulture)}; a rate lies between 0 and 1.",
                    parameterName);
            }
        }
    }
}
