using OrderKit.Messaging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace OrderKit.RabbitMq;

/// <summary>Publishes with confirms on one channel, which is replaced when it breaks.</summary>
/// <remarks>Safe for several threads: many messages wait for their confirms beside each other.</remarks>
internal sealed class RabbitMqPublisher(RabbitMqLink link, RabbitMqTopology topology, RabbitMqOptions options, TimeProvider time) : IAsyncDisposable
{
    private static readonly CreateChannelOptions WithConfirms = new(
        publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, outstandingPublisherConfirmationsRateLimiter: null);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _ended = new();
    private Task<PublishingChannel>? _channel;

    public async Task PublishAsync(TransportMessage message, CancellationToken cancellationToken)
    {
        var routingKey = topology.RoutingKey(message);
        var opening = Channel();
        using var timeout = new CancellationTokenSource(options.ConfirmTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _ended.Token, cancellationToken);
        try
        {
            var channel = await opening.WaitAsync(either.Token).ConfigureAwait(false);
            await channel.Channel.BasicPublishAsync(
                topology.Exchange(message.Topic), routingKey, mandatory: true, RabbitMqMessage.PropertiesOf(message), message.Body, either.Token).ConfigureAwait(false);
        }
        catch (PublishException e) when (e.IsReturn)
        {
            // The next one declares the topology again, in case that somebody deleted a queue.
            Drop(opening);
            throw new UnroutableMessageException($"The broker has no queue for the message {message.MessageId} of the topic '{message.Topic}'. The queues are declared again at the next attempt.", e);
        }
        catch (PublishException e)
        {
            throw new TransportUnavailableException($"The broker refused the message {message.MessageId} of the topic '{message.Topic}': its queue holds {options.MaxLength} messages, or has no leader.", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            Drop(opening);
            throw new TransportUnavailableException($"The broker did not confirm the message {message.MessageId} within {options.ConfirmTimeout}; whether it has it is unknown.", e);
        }
        catch (Exception e) when (e is not TransportUnavailableException && RabbitMqLink.IsConnectionFailure(e, cancellationToken))
        {
            Drop(opening);
            throw new TransportUnavailableException($"The connection broke while the message {message.MessageId} was published; whether the broker has it is unknown.", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_ended.IsCancellationRequested)
        {
            return;
        }

        await _ended.CancelAsync().ConfigureAwait(false);
        Task<PublishingChannel>? channel;
        lock (_gate)
        {
            (channel, _channel) = (_channel, null);
        }

        if (channel is not null)
        {
            await CloseAsync(channel).ConfigureAwait(false);
        }

        _ended.Dispose();
    }

    // All who come while it is opened wait for the same attempt; who comes after it failed makes the next one.
    private Task<PublishingChannel> Channel()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_ended.IsCancellationRequested, this);
            if (_channel is null || _channel.IsFaulted || _channel.IsCanceled || (_channel.IsCompletedSuccessfully && !_channel.Result.Channel.IsOpen))
            {
                var broken = _channel;
                _channel = Task.Run(() => OpenAsync(broken), _ended.Token);
            }

            return _channel;
        }
    }

    private async Task<PublishingChannel> OpenAsync(Task<PublishingChannel>? broken)
    {
        if (broken is not null)
        {
            await CloseAsync(broken).ConfigureAwait(false);
        }

        using var timeout = new CancellationTokenSource(options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _ended.Token);
        var connection = await link.ConnectAsync("publisher", either.Token).ConfigureAwait(false);
        try
        {
            return new PublishingChannel(connection, await connection.CreateChannelAsync(WithConfirms, either.Token).ConfigureAwait(false));
        }
        catch
        {
            await RabbitMqLink.CloseAsync(connection).ConfigureAwait(false);
            throw;
        }
    }

    private void Drop(Task<PublishingChannel> channel)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_channel, channel))
            {
                return;
            }

            _channel = null;
        }

        _ = CloseAsync(channel);
    }

    private static async Task CloseAsync(Task<PublishingChannel> opening)
    {
        try
        {
            var opened = await opening.ConfigureAwait(false);
            await RabbitMqLink.CloseAsync(opened.Connection).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RabbitMqTopologyException or OperationCanceledException || RabbitMqLink.IsConnectionFailure(e, CancellationToken.None))
        {
            // Whoever waited for it was told; there is nothing to close.
        }
    }

    private sealed record PublishingChannel(IConnection Connection, IChannel Channel);
}
