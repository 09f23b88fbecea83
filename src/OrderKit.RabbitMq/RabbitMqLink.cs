using OrderKit.Messaging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace OrderKit.RabbitMq;

/// <summary>Opens connections and declares the topology on them.</summary>
/// <remarks>
/// The client's own recovery is off, because it would restore channels without their unconfirmed messages and unacknowledged deliveries.
/// A broken connection is replaced by a new one, with everything on it.
/// </remarks>
internal sealed class RabbitMqLink(RabbitMqOptions options, RabbitMqTopology topology)
{
    /// <summary>The broker's limit. The client's default is lower and would break the connection at each larger delivery.</summary>
    public const int MaxBody = 128 * 1024 * 1024;

    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Connects and declares the topology.</summary>
    /// <exception cref="TransportUnavailableException">The broker cannot be reached or refuses the connection.</exception>
    /// <exception cref="RabbitMqTopologyException">The broker has a different exchange or queue of the same name.</exception>
    public async Task<IConnection> ConnectAsync(string purpose, CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory
        {
            Uri = options.Uri ?? throw new InvalidOperationException("RabbitMqOptions.Uri is missing."),
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            RequestedConnectionTimeout = options.ConnectTimeout,
            HandshakeContinuationTimeout = options.ConnectTimeout,
            ContinuationTimeout = options.ConnectTimeout,
            RequestedHeartbeat = options.Heartbeat,
            MaxInboundMessageBodySize = MaxBody,
        };
        IConnection? connection = null;
        try
        {
            connection = await factory.CreateConnectionAsync($"{options.ClientName} {purpose}", cancellationToken).ConfigureAwait(false);
            await topology.DeclareAsync(connection, cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch (Exception e)
        {
            await CloseAsync(connection).ConfigureAwait(false);
            if (IsConnectionFailure(e, cancellationToken))
            {
                var port = factory.Port < 0 ? "default port" : $"{factory.Port}";
                throw new TransportUnavailableException(
                    $"The broker at {factory.HostName}:{port} cannot be reached or refuses the connection: {Reason(e)}", e);
            }

            throw;
        }
    }

    /// <summary>Closes a connection in any state. The broker delivers again what was not acknowledged on it.</summary>
    public static async ValueTask CloseAsync(IConnection? connection)
    {
        if (connection is null)
        {
            return;
        }

        try
        {
            await connection.CloseAsync(
                Constants.ReplySuccess, "done", CloseTimeout, abort: true, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (IsConnectionFailure(e, CancellationToken.None))
        {
            // The connection is gone already.
        }

        await connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Whether an exception means that the connection failed, and not that the broker refused the operation.</summary>
    public static bool IsConnectionFailure(Exception failure, CancellationToken cancellationToken) => failure switch
    {
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        RabbitMQClientException or IOException or TimeoutException or System.Net.Sockets.SocketException or ObjectDisposedException => true,
        _ => false,
    };

    private static string Reason(Exception failure) =>
        failure.InnerException is { } inner ? $"{failure.Message} {inner.Message}" : failure.Message;
}
