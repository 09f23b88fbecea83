using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Collects the sinks that alerts are sent to. <c>AddAlerts</c> creates it.</summary>
public sealed class AlertsBuilder
{
    private readonly IServiceCollection _services;

    internal AlertsBuilder(IServiceCollection services) => _services = services;

    /// <summary>Changes when and how often alerts are sent.</summary>
    public AlertsBuilder Configure(Action<AlertOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _services.Configure(configure);
        return this;
    }

    /// <summary>Writes alerts to the log.</summary>
    public AlertsBuilder ToLog()
    {
        _services.TryAddEnumerable(ServiceDescriptor.Singleton<IAlertSink, LogAlertSink>(
            static provider => new LogAlertSink(provider.GetRequiredService<ILogger<LogAlertSink>>())));
        return this;
    }

    /// <summary>Sends alerts to a sink of the host. Calling it again with the same type has no effect.</summary>
    public AlertsBuilder To<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TSink>()
        where TSink : class, IAlertSink
    {
        _services.TryAddEnumerable(ServiceDescriptor.Singleton<IAlertSink, TSink>());
        return this;
    }

    /// <summary>Sends alerts to a sink that a factory creates.</summary>
    public AlertsBuilder To(Func<IServiceProvider, IAlertSink> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        _services.AddSingleton(create);
        return this;
    }
}
