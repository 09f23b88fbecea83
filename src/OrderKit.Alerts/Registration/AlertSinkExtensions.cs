using Microsoft.Extensions.Logging;
using OrderKit.Alerts;
using OrderKit.Core;
using OrderKit.Messaging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers sinks that send alerts to people.</summary>
public static class AlertSinkExtensions
{
    /// <summary>Sends alerts by mail.</summary>
    /// <exception cref="ArgumentException">The options are not valid. The message names all faults.</exception>
    public static AlertsBuilder ToSmtp(this AlertsBuilder alerts, Action<SmtpAlertOptions> configure) => alerts.To(
        configure, static options => options.Faults(), static (options, provider) =>
            new SmtpAlertSink(options, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<SmtpAlertSink>>()));

    /// <summary>Posts alerts as signed JSON. The receiver verifies them with <see cref="WebhookSignature"/>.</summary>
    /// <exception cref="ArgumentException">The options are not valid. The message names all faults.</exception>
    public static AlertsBuilder ToWebhook(this AlertsBuilder alerts, Action<WebhookAlertOptions> configure) => alerts.To(
        configure, static options => options.Faults(), static (options, provider) =>
            new WebhookAlertSink(options, provider.GetRequiredService<TimeProvider>()));

    /// <summary>Posts alerts to a WeCom group (企业微信群机器人).</summary>
    /// <exception cref="ArgumentException">The options are not valid. The message names all faults.</exception>
    public static AlertsBuilder ToWeCom(this AlertsBuilder alerts, Action<WeComAlertOptions> configure) => alerts.To(
        configure, static options => options.Faults(), static (options, provider) =>
            new WeComAlertSink(options, provider.GetRequiredService<TimeProvider>()));

    private static AlertsBuilder To<TOptions>(
        this AlertsBuilder alerts,
        Action<TOptions> configure,
        Func<TOptions, IEnumerable<string>> check,
        Func<TOptions, IServiceProvider, IAlertSink> create)
        where TOptions : new()
    {
        ArgumentNullException.ThrowIfNull(alerts);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new TOptions();
        configure(options);
        return string.Join(' ', check(options)) is { Length: > 0 } faults
            ? throw new ArgumentException(faults, nameof(configure))
            : alerts.To(provider => create(options, provider), ServiceLifetime.Singleton);
    }
}
