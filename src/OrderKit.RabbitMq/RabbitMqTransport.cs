using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Messaging;

namespace OrderKit.RabbitMq;

/// <summary>Carries messages through RabbitMQ 3.10 or later.</summary>
/// <remarks>
/// Safe for several threads. It connects at the first use, declares exchanges and queues as the options say, and reconnects by itself.
/// Meanwhile publishing fails and receiving waits.
/// </remarks>
public sealed class RabbitMqTransport : ITransport, IAsyncDisposable, IDisposable
{
    private readonly RabbitMqOptions _options;
    private readonly RabbitMqTopology _topology;
    private readonly RabbitMqLink _link;
    private readonly RabbitMqPublisher _publisher;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;

    /// <summary>Creates the transport. Hosts with a container get it from there.</summary>
    /// <exception cref="OptionsValidationException">An option is not valid.</exception>
    public RabbitMqTransport(
        IOptions<RabbitMqOptions> options, ILogger<RabbitMqTransport>? logger = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Value;
        var faults = new OptionFaults(nameof(RabbitMqOptions));
        RabbitMqOptionsCheck.Validate(_options, faults);
        if (faults.Result is { Failed: true } faulty)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(RabbitMqOptions), faulty.Failures);
        }

        _logger = logger ?? NullLogger<RabbitMqTransport>.Instance;
        _time = timeProvider ?? TimeProvider.System;
        _topology = new RabbitMqTopology(_options);
        _link = new RabbitMqLink(_options, _topology);
        _publisher = new RabbitMqPublisher(_link, _topology, _options, _time);
    }

    /// <inheritdoc/>
    public Task PublishAsync(TransportMessage message, CancellationToken cancellationToken = default)
    {
        TransportMessage.RequireCarriable(message);
        if (message.Body.Length > RabbitMqLink.MaxBody)
        {
            // The broker would close the channel and so abort what others publish on it.
            throw new ArgumentException(
                $"The message {message.MessageId} has {message.Body.Length} bytes; the broker takes {RabbitMqLink.MaxBody}. "
                + "Send a reference to the content instead of the content.",
                nameof(message));
        }

        return _publisher.PublishAsync(message, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ITransportSubscription> SubscribeAsync(string topic, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        return new(new RabbitMqSubscription(_link, _topology, _topology.Topic(topic), _options, _logger, _time));
    }

    /// <summary>Ends publishing. The owner of a subscription ends it.</summary>
    public ValueTask DisposeAsync() => _publisher.DisposeAsync();

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();
}
