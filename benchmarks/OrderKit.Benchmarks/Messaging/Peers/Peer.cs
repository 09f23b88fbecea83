using Microsoft.Extensions.Hosting;

namespace OrderKit.Benchmarks;

/// <summary>A messaging library on the server that all of them use.</summary>
/// <param name="Name">Its name and version.</param>
/// <param name="Effect">How often it applies an effect: exactly once, at least once or at most once.</param>
/// <param name="Settings">The settings that differ from its defaults.</param>
/// <param name="Configure">Registers it, with a handler that writes one small row for each message.</param>
/// <param name="AcceptAsync">Writes messages into its inbox, all in one transaction where it can.</param>
/// <param name="PublishAsync">
/// Writes one message into its outbox in a transaction of the host; <see langword="null"/> where it has no outbox.
/// </param>
internal sealed record Peer(
    string Name,
    string Effect,
    string Settings,
    Action<HostApplicationBuilder, string> Configure,
    Func<IServiceProvider, PeerMessage[], Task> AcceptAsync,
    Func<IServiceProvider, PeerMessage, Task>? PublishAsync);
