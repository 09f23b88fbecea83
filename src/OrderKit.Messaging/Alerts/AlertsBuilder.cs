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

    /// <summary>Sends alerts to a sink of the host. Each delivery resolves it in a scope of its own.</summary>
    /// <remarks>Calling it again with the same type has no effect.</remarks>
    public AlertsBuilder To<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TSink>()
        where TSink : class, IAlertSink
    {
        _services.AddScopedServices<IAlertSink, TSink>();
        return this;
    }

    /// <summary>Sends alerts to a sink that a factory creates.</summary>
    /// <param name="create">Creates the sink.</param>
    /// <param name="lifetime">By default, each delivery creates the sink in a scope of its own, which disposes it.</param>
    public AlertsBuilder To(Func<IServiceProvider, IAlertSink> create, ServiceLifetime lifetime = ServiceLifetime.Scoped)
    {
        ArgumentNullException.ThrowIfNull(create);
        _services.Add(new ServiceDescriptor(typeof(IAlertSink), create, lifetime));
        return this;
    }
}
