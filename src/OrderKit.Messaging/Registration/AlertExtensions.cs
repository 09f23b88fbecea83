using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
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

        services.AddOptions<AlertOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AlertOptions>, AlertOptionsCheck>());
        services.TryAddSingleton<AlertSwitch>();
        services.Replace(ServiceDescriptor.Singleton(static provider => new AlertNotices(StoreChoice.PortOf<IOutboxStore>(provider))));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStorePortDecorator<IDeadLetterStore>, AlertingStores>(static provider => new AlertingStores(provider)));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStorePortDecorator<IQuarantineStore>, AlertingStores>(static provider => new AlertingStores(provider)));
        services.TryAddSingleton(static provider => new AlertPump(
            StoreChoice.PortOf<IOutboxStore>(provider),
            StoreChoice.PortOf<IDeadLetterStore>(provider),
            StoreChoice.PortOf<IDeliveryPauseStore>(provider),
            StoreChoice.PortOf<ILeaseStore>(provider),
            StoreChoice.PortOf<IUnitOfWorkFactory>(provider),
            provider.GetServices<IAlertSink>(),
            provider.GetRequiredService<IOptions<AlertOptions>>(),
            provider.GetService<ILoggerFactory>(),
            provider.GetService<TimeProvider>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, AlertService>());
        return builder;
    }
}
