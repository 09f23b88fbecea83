namespace OrderKit.Messaging.Storage;

/// <summary>Which destinations and consumers rest, for all processes. Each call is a transaction of its own.</summary>
public interface IDeliveryPauseStore
{
    /// <summary>Lets a destination or consumer rest; <see langword="false"/>, and nothing done, where it rests already.</summary>
    ValueTask<bool> PauseAsync(MessageFlow flow, string name, string by, string? reason, CancellationToken cancellationToken = default);

    /// <summary>Ends a rest; <see langword="false"/> where there is none.</summary>
    ValueTask<bool> ResumeAsync(MessageFlow flow, string name, CancellationToken cancellationToken = default);

    /// <summary>Whether a destination or consumer rests, and since when.</summary>
    ValueTask<DeliveryPause?> FindAsync(MessageFlow flow, string name, CancellationToken cancellationToken = default);
}
