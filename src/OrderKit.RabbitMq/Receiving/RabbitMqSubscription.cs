using Microsoft.Extensions.Logging;
using OrderKit.Messaging;

namespace OrderKit.RabbitMq;

/// <summary>Receives a topic and replaces a connection that broke.</summary>
internal sealed partial class RabbitMqSubscription(
    RabbitMqLink link, RabbitMqTopology topology, RabbitMqTopic topic, RabbitMqOptions options, ILogger logger, TimeProvider time)
    : ITransportSubscription
{
    private readonly CancellationTokenSource _ended = new();
    private readonly SemaphoreSlim _changing = new(1, 1);
    private RabbitMqSession? _session;

    public async ValueTask<IReadOnlyList<TransportDelivery>> ReceiveAsync(int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ObjectDisposedException.ThrowIf(_ended.IsCancellationRequested, this);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token, cancellationToken);
        while (true)
        {
            var session = await SessionAsync(either.Token).ConfigureAwait(false);
            var received = await session.ReadAsync(max, either.Token).ConfigureAwait(false);
            if (received.Count > 0)
            {
                return received;
            }

            LogLost(logger, topic.Name);
        }
    }

    public async ValueTask AcknowledgeAsync(IReadOnlyList<TransportDelivery> deliveries, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(deliveries);
        foreach (var ofReader in deliveries.Select(static delivery => (RabbitMqTag)delivery.Tag).GroupBy(static tag => tag.Reader))
        {
            var numbers = ofReader.Select(static tag => tag.Number);
            await UnlessGoneAsync(() => ofReader.Key.AcknowledgeAsync(numbers, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    // When a connection closes, the broker puts its messages back in their old places. Returned one by one, they would come after
    // prefetched messages of their lane.
    public async ValueTask ReturnAsync(CancellationToken cancellationToken = default)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await EndSessionAsync().ConfigureAwait(false);
        }
        finally
        {
            _changing.Release();
        }
    }

    public async ValueTask RejectAsync(TransportDelivery delivery, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var tag = (RabbitMqTag)delivery.Tag;
        await UnlessGoneAsync(() => tag.Reader.RejectAsync(tag.Number, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_ended.IsCancellationRequested)
        {
            return;
        }

        await _ended.CancelAsync().ConfigureAwait(false);
        await _changing.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        await EndSessionAsync().ConfigureAwait(false);
        _changing.Dispose();
        _ended.Dispose();
    }

    private async Task<RabbitMqSession> SessionAsync(CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (var failures = 0; _session is not { HasEnded: false };)
            {
                await EndSessionAsync().ConfigureAwait(false);
                using var timeout = new CancellationTokenSource(options.ConnectTimeout, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
                try
                {
                    _session = await RabbitMqSession.OpenAsync(link, topology, topic, options.Prefetch, either.Token).ConfigureAwait(false);
                    LogReceives(logger, topic.Name);
                }
                catch (Exception e) when (RabbitMqLink.IsConnectionFailure(e, cancellationToken))
                {
                    var pause = Pause(failures++);
                    LogNotConnected(logger, e, topic.Name, pause);
                    await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
                }
            }

            return _session;
        }
        finally
        {
            _changing.Release();
        }
    }

    private TimeSpan Pause(int failures) =>
        TimeSpan.FromTicks((long)Math.Min(options.MaxDelay.Ticks, options.FirstDelay.Ticks * Math.Pow(2, Math.Min(failures, 30))));

    private async ValueTask EndSessionAsync()
    {
        if (_session is { } session)
        {
            _session = null;
            await session.DisposeAsync().ConfigureAwait(false);
        }
    }

    // What was held on a connection that broke is delivered again; the inbox knows what it has.
    private async Task UnlessGoneAsync(Func<Task> act, CancellationToken cancellationToken)
    {
        try
        {
            await act().ConfigureAwait(false);
        }
        catch (Exception e) when (RabbitMqLink.IsConnectionFailure(e, cancellationToken))
        {
            LogUnheard(logger, e, topic.Name);
        }
    }

    [LoggerMessage(2301, LogLevel.Debug, "Receiving topic {Topic}.")]
    private static partial void LogReceives(ILogger logger, string topic);

    [LoggerMessage(2302, LogLevel.Warning, "The connection that received topic {Topic} is lost. Unacknowledged messages come again.")]
    private static partial void LogLost(ILogger logger, string topic);

    [LoggerMessage(2303, LogLevel.Warning, "Topic {Topic} cannot be received. The next attempt to connect is in {Pause}.")]
    private static partial void LogNotConnected(ILogger logger, Exception exception, string topic, TimeSpan pause);

    [LoggerMessage(2304, LogLevel.Debug, "The acknowledgement of messages of topic {Topic} did not reach the broker. They come again.")]
    private static partial void LogUnheard(ILogger logger, Exception exception, string topic);
}
