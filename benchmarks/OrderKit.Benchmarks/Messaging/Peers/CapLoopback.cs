using DotNetCore.CAP;
using DotNetCore.CAP.Messages;
using DotNetCore.CAP.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace OrderKit.Benchmarks;

/// <summary>
/// A queue for CAP that costs nothing: it hands each message to the consumer at once, and has sent it when that one has stored it.
/// </summary>
internal sealed class CapLoopback : ITransport, IConsumerClientFactory
{
    private readonly TaskCompletionSource<Client> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public BrokerAddress BrokerAddress => new("loopback", "here");

    public async Task<OperateResult> SendAsync(TransportMessage message)
    {
        await (await _listening.Task.ConfigureAwait(false)).ReceiveAsync(message).ConfigureAwait(false);
        return OperateResult.Success;
    }

    public Task<IConsumerClient> CreateAsync(string groupName, byte groupConcurrent) =>
        Task.FromResult<IConsumerClient>(new Client(this, groupName));

    /// <summary>Registers it.</summary>
    internal sealed class Extension : ICapOptionsExtension
    {
        public void AddServices(IServiceCollection services)
        {
            services.AddSingleton(new CapMessageQueueMakerService("loopback"));
            services.AddSingleton<CapLoopback>();
            services.AddSingleton<ITransport>(static provider => provider.GetRequiredService<CapLoopback>());
            services.AddSingleton<IConsumerClientFactory>(static provider => provider.GetRequiredService<CapLoopback>());
        }
    }

    private sealed class Client(CapLoopback loopback, string group) : IConsumerClient
    {
        public BrokerAddress BrokerAddress => loopback.BrokerAddress;

        public Func<TransportMessage, object?, Task>? OnMessageCallback { get; set; }

        public Action<LogMessageEventArgs>? OnLogCallback { get; set; }

        public Task ReceiveAsync(TransportMessage message) =>
            OnMessageCallback!(
                new TransportMessage(new Dictionary<string, string?>(message.Headers) { [Headers.Group] = group }, message.Body), null);

        public Task SubscribeAsync(IEnumerable<string> topics) => Task.CompletedTask;

        public async Task ListeningAsync(TimeSpan timeout, CancellationToken cancellationToken)
        {
            loopback._listening.TrySetResult(this);
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        public Task CommitAsync(object? sender) => Task.CompletedTask;

        public Task RejectAsync(object? sender) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
