using OrderKit.Messaging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace OrderKit.RabbitMq;

/// <summary>Makes connections on which the topology is declared.</summary>
/// <remarks>
/// The client's own recovery is off: it would bring back channels whose unconfirmed messages and unacknowledged deliveries nobody
/// knows any more. A connection that broke is replaced by a new one, with everything on it.
/// </remarks>
internal sealed class RabbitMqLink(RabbitMqOptions options, RabbitMqTopology topology)
{
    /// <summary>The broker's own limit. The client's is lower, and would break the connection at each delivery of what the broker took.</summary>
    public const int LargestBody = 128 * 1024 * 1024;

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    /// <summary>Connects and declares the topology.</summary>
    /// <exception cref="TransportUnavailableException">The broker is not there, or does not let us in.</exception>
    /// <exception cref="RabbitMqTopologyException">The broker has something else under one of the names.</exception>
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
            MaxInboundMessageBodySize = LargestBody,
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
                throw new TransportUnavailableException($"The broker at {factory.HostName}:{(factory.Port < 0 ? "default port" : factory.Port)} cannot be reached or refuses us: {Reason(e)}", e);
            }

            throw;
        }
    }

    /// <summary>Closes a connection, however it is; what was not acknowledged on it is delivered again.</summary>
    public static async ValueTask CloseAsync(IConnection? connection)
    {
        if (connection is null)
        {
            return;
        }

        try
        {
            await connection.CloseAsync(Constants.ReplySuccess, "done", Farewell, abort: true, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (IsConnectionFailure(e, CancellationToken.None))
        {
            // It is gone, which is all that was wanted.
        }

        await connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Whether an exception says that the broker is not there, and nothing about what was asked of it.</summary>
    public static bool IsConnectionFailure(Exception failure, CancellationToken cancellationToken) => failure switch
    {
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        RabbitMQClientException or IOException or TimeoutException or System.Net.Sockets.SocketException or ObjectDisposedException => true,
        _ => false,
    };

    private static string Reason(Exception failure) => failure.InnerException is { } inner ? $"{failure.Message} {inner.Message}" : failure.Message;
}
