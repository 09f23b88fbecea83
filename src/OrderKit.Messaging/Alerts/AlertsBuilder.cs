using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Collects who is told; made by <c>AddAlerts</c>.</summary>
public sealed class AlertsBuilder
{
    private readonly IServiceCollection _services;

    internal AlertsBuilder(IServiceCollection services) => _services = services;

    /// <summary>Changes when and how often somebody is told.</summary>
    public AlertsBuilder Configure(Action<AlertOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _services.Configure(configure);
        return this;
    }

    /// <summary>Writes alerts into the log.</summary>
    public AlertsBuilder ToLog()
    {
        _services.TryAddEnumerable(ServiceDescriptor.Singleton<IAlertSink, LogAlertSink>(static provider => new LogAlertSink(provider.GetRequiredService<ILogger<LogAlertSink>>())));
        return this;
    }

    /// <summary>Posts alerts as signed JSON; see <see cref="WebhookSignature"/>.</summary>
    /// <exception cref="ArgumentException">The settings contradict themselves; the message names all faults.</exception>
    public AlertsBuilder ToWebhook(Action<WebhookAlertOptions> configure)
    {
        var options = Made(configure);
        Require(options.Faults(), nameof(configure));
        _services.AddSingleton<IAlertSink>(provider => new WebhookAlertSink(options, provider.GetRequiredService<TimeProvider>()));
        return this;
    }

    /// <summary>Mails alerts.</summary>
    /// <exception cref="ArgumentException">The settings contradict themselves; the message names all faults.</exception>
    public AlertsBuilder ToSmtp(Action<SmtpAlertOptions> configure)
    {
        var options = Made(configure);
        Require(options.Faults(), nameof(configure));
        _services.AddSingleton<IAlertSink>(provider => new SmtpAlertSink(options, provider.GetRequiredService<TimeProvider>()));
        return this;
    }

    /// <summary>Tells alerts in a WeCom group (企业微信群机器人).</summary>
    /// <exception cref="ArgumentException">The settings contradict themselves; the message names all faults.</exception>
    public AlertsBuilder ToWeCom(Action<WeComAlertOptions> configure)
    {
        var options = Made(configure);
        Require(options.Faults(), nameof(configure));
        _services.AddSingleton<IAlertSink>(provider => new WeComAlertSink(options, provider.GetRequiredService<TimeProvider>()));
        return this;
    }

    /// <summary>Tells a sink of the host's own.</summary>
    public AlertsBuilder To<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TSink>()
        where TSink : class, IAlertSink
    {
        _services.TryAddEnumerable(ServiceDescriptor.Singleton<IAlertSink, TSink>());
        return this;
    }

    private static TOptions Made<TOptions>(Action<TOptions> configure)
        where TOptions : new()
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new TOptions();
        configure(options);
        return options;
    }

    private static void Require(IEnumerable<string> faults, string parameter)
    {
        if (string.Join(' ', faults) is { Length: > 0 } all)
        {
            throw new ArgumentException(all, parameter);
        }
    }
}
