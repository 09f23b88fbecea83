using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Messaging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers alerts.</summary>
public static class AlertExtensions
{
    /// <summary>Sends alerts about dead letters, messages in quarantine and opened cases. Calling it again adds sinks.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Adds the sinks, such as <c>alerts => alerts.ToLog()</c>.</param>
    /// <exception cref="ArgumentException">There is no sink.</exception>
    public static OrderKitBuilder AddAlerts(this OrderKitBuilder builder, Action<AlertsBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        configure(new AlertsBuilder(services));
        if (!services.Any(static service => service.ServiceType == typeof(IAlertSink)))
        {
            throw new ArgumentException("There is no sink for alerts. Add one, such as ToLog().", nameof(configure));
        }

        services.AddValidatedOptions<AlertOptions>(null, static (options, faults) => options.Validate(faults));
        services.Replace(ServiceDescriptor.Singleton(static provider => new AlertNotices(provider.GetRequiredService<IOutboxStore>())));
        services.UseScopedService<IAlertSink>().TryAddSingleton<AlertPump>();
        services.AddBackgroundLoops<AlertPump>(LoopsOf);
        return builder;
    }

    // Each sink has its own loop, so that a slow sink does not delay the others.
    private static IEnumerable<BackgroundLoop> LoopsOf(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<AlertOptions>>().Value;
        if (!options.RunInBackground)
        {
            return [];
        }

        var pump = provider.GetRequiredService<AlertPump>();
        return pump.Pumps
            .Select(sink => new BackgroundLoop("alert sink", options.PollInterval, sink.PumpAllAsync))
            .Prepend(new BackgroundLoop("alerts", options.PollInterval, pump.GatherAsync));
    }
}
