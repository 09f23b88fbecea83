namespace OrderKit.Benchmarks;

/// <summary>Writes callbacks in one transaction over a connection of its own, with prepared statements.</summary>
internal interface IGroupWriter : IAsyncDisposable
{
    /// <summary>Writes claim, order, journal entry and outbox message of each, and says of each whether it took effect.</summary>
    Task<bool[]> WriteAsync(IReadOnlyList<IntakeRequest> requests);
}
