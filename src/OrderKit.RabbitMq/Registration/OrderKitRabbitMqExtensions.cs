using OrderKit.Core;
using OrderKit.RabbitMq;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the transport through RabbitMQ.</summary>
public static class OrderKitRabbitMqExtensions
{
    /// <summary>Adds the transport. <c>SendThroughTransport</c> publishes the outbox with it, <c>ReceiveFromTransport</c> receives into the inbox.</summary>
    /// <exception cref="InvalidOperationException">Another transport was added before.</exception>
    public static OrderKitBuilder AddRabbitMq(this OrderKitBuilder builder, Action<RabbitMqOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        builder.ChooseTransport<RabbitMqTransport>();
        builder.Services.AddValidatedOptions(configure, RabbitMqOptionsCheck.Validate);
        return builder;
    }
}
