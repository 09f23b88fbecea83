using OrderKit.Core.Storage;

namespace OrderKit.Messaging.Storage;

/// <summary>The rests in an <see cref="InMemoryDatabase"/>.</summary>
public sealed class InMemoryDeliveryPauseStore(InMemoryDatabase database) : IDeliveryPauseStore
{
    private readonly Dictionary<(MessageFlow Flow, string Name), DeliveryPause> _pauses = [];

    /// <inheritdoc/>
    public ValueTask<bool> PauseAsync(
        MessageFlow flow, string name, string by, string? reason, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(by);
        return database.WriteAsync(
            () => _pauses.TryAdd((flow, name), new DeliveryPause(flow, name, by, database.Now, reason)), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<bool> ResumeAsync(MessageFlow flow, string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return database.WriteAsync(() => _pauses.Remove((flow, name)), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<DeliveryPause?> FindAsync(MessageFlow flow, string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return database.ReadAsync(() => _pauses.GetValueOrDefault((flow, name)), cancellationToken);
    }
}
