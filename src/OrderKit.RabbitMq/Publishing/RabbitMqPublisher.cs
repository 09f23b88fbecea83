using OrderKit.Messaging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace OrderKit.RabbitMq;

/// <summary>Publishes with confirms on one channel. A broken channel is replaced.</summary>
/// <remarks>Safe for several threads. Many messages wait for their confirms at the same time.</remarks>
internal sealed class RabbitMqPublisher(RabbitMqLink link, RabbitMqTopology topology, RabbitMqOptions options, TimeProvider time)
    : IAsyncDisposable
{
    private static readonly CreateChannelOptions WithConfirms = new(
        publisherConfirmationsEnabled: true,
        publisherConfirmationTrackingEnabled: true,
        outstandingPublisherConfirmationsRateLimiter: null);

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
            var (exchange, properties) = (topology.Exchange(message.Topic), RabbitMqMessage.PropertiesOf(message));
            await channel.Channel.BasicPublishAsync(
                exchange, routingKey, mandatory: true, properties, message.Body, either.Token).ConfigureAwait(false);
        }
        catch (PublishException e) when (e.IsReturn)
        {
            // The next channel declares the topology again, in case a queue was deleted.
            Drop(opening);
            throw new UnroutableMessageException(
                $"The broker has no queue for the message {message.MessageId} of the topic '{message.Topic}'. "
                + "The queues are declared again at the next attempt.",
                e);
        }
        catch (PublishException e)
        {
            throw new TransportUnavailableException(
                $"The broker refused the message {message.MessageId} of the topic '{message.Topic}': "
                + $"its queue holds {options.MaxLength} messages, or has no leader.",
                e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            Drop(opening);
            throw new TransportUnavailableException(
                $"The broker did not confirm the message {message.MessageId} within {options.ConfirmTimeout}; "
                + "whether it has the message is unknown.",
                e);
        }
        catch (Exception e) when (e is not TransportUnavailableException && RabbitMqLink.IsConnectionFailure(e, cancellationToken))
        {
            Drop(opening);
            throw new TransportUnavailableException(
                $"The connection broke while the message {message.MessageId} was published; whether the broker has it is unknown.", e);
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

    // Callers wait for the same attempt to open a channel. The first one after a failure starts the next attempt.
    private Task<PublishingChannel> Channel()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_ended.IsCancellationRequested, this);
            if (_channel is null or { IsFaulted: true } or { IsCanceled: true }
                or { IsCompletedSuccessfully: true, Result.Channel.IsOpen: false })
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
        catch (Exception e) when (e is RabbitMqTopologyException or OperationCanceledException
            || RabbitMqLink.IsConnectionFailure(e, CancellationToken.None))
        {
            // Its callers got the exception. There is nothing to close.
        }
    }

    private sealed record PublishingChannel(IConnection Connection, IChannel Channel);
}
