using OrderKit.Core;
using OrderKit.RabbitMq;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the RabbitMQ transport.</summary>
public static class OrderKitRabbitMqExtensions
{
    /// <summary>Adds RabbitMQ. <c>SendThroughTransport</c> publishes the outbox, <c>ReceiveFromTransport</c> fills the inbox.</summary>
    /// <exception cref="InvalidOperationException">Another transport was added before.</exception>
    public static OrderKitBuilder AddRabbitMq(this OrderKitBuilder builder, Action<RabbitMqOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        builder.ChooseTransport<RabbitMqTransport>();
        builder.Services.AddValidatedOptions(configure, RabbitMqOptionsCheck.Validate);
        return builder;
    }
}
