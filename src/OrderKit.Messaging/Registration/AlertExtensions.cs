using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Messaging;
using OrderKit.Messaging.Storage;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers alerts.</summary>
public static class AlertExtensions
{
    /// <summary>Has somebody told of dead letters, messages in quarantine and opened cases; calling it again adds sinks.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Names who is told, such as <c>alerts => alerts.ToLog()</c>.</param>
    /// <exception cref="ArgumentException">Nobody is named.</exception>
    public static OrderKitBuilder AddAlerts(this OrderKitBuilder builder, Action<AlertsBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        configure(new AlertsBuilder(services));
        if (!services.Any(static service => service.ServiceType == typeof(IAlertSink)))
        {
            throw new ArgumentException("Nobody is told. Name a sink, such as ToLog().", nameof(configure));
        }

        services.AddValidatedOptions<AlertOptions>(null, static (options, faults) => options.Validate(faults));
        services.TryAddSingleton<AlertSwitch>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStorePortDecorator<IDeadLetterStore>, AlertNotices>(static provider => new AlertNotices(provider)));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStorePortDecorator<IQuarantineStore>, AlertNotices>(static provider => new AlertNotices(provider)));
        services.TryAddSingleton<AlertPump>();
        services.AddBackgroundLoops<AlertPump>(LoopsOf);
        return builder;
    }

    // The sinks have a loop each, so that a slow one delays no other.
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
