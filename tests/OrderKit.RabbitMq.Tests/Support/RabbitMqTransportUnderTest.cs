using System.Text;
using OrderKit.Messaging;
using OrderKit.Specs;
using RabbitMQ.Client;

namespace OrderKit.RabbitMq.Tests;

/// <summary>A topic of its own at the broker.</summary>
internal sealed class RabbitMqTransportUnderTest : ITransportUnderTest
{
    private readonly RabbitMqOptions _options = Broker.NewOptions();
    private readonly RabbitMqTransport _transport;

    public RabbitMqTransportUnderTest() => _transport = Broker.Transport(_options);

    public ITransport Transport => _transport;

    public string Topic => "events";

    public TimeSpan Patience => TimeSpan.FromMinutes(1);

    public async Task PublishAnythingAsync(string lane, TransportDelivery anything)
    {
        var properties = new BasicProperties { Headers = new Dictionary<string, object?>() };
        if (anything.MessageId is not null)
        {
            properties.MessageId = anything.MessageId;
        }

        if (anything.Type is not null)
        {
            properties.Type = anything.Type;
        }

        if (anything.Tenant is not null)
        {
            properties.Headers[RabbitMqMessage.TenantHeader] = Encoding.UTF8.GetBytes(anything.Tenant);
        }

        if (anything.Lane is not null)
        {
            properties.Headers[RabbitMqMessage.LaneHeader] = Encoding.UTF8.GetBytes(anything.Lane);
        }

        var queue = RabbitMqTopology.NumberOf("default", lane, _options.Topics[0].QueueCount);
        await DeclareAsync();
        await Broker.AskAsync(async channel =>
        {
            await channel.BasicPublishAsync($"{_options.Prefix}.{Topic}", $"{queue}", mandatory: true, properties, anything.Body);
            return true;
        });
    }

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> RejectedAsync(int count) =>
        [.. (await Broker.TakeDeadAsync(_options, count)).Select(result => result.Body)];

    public async ValueTask DisposeAsync()
    {
        await _transport.DisposeAsync();
        await Broker.DeleteAsync(_options);
    }

    private async Task DeclareAsync()
    {
        await using var connection = await new ConnectionFactory { Uri = Broker.Address }.CreateConnectionAsync();
        await new RabbitMqTopology(_options).DeclareAsync(connection, CancellationToken.None);
    }
}
