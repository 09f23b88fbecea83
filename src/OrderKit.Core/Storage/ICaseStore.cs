namespace OrderKit.Core.Storage;

/// <summary>The reading side of cases; they are opened and closed by the engine that decides, in its own transaction.</summary>
public interface ICaseStore
{
    /// <summary>Lists cases.</summary>
    ValueTask<Page<OrderCase>> QueryAsync(CaseQuery query, CancellationToken cancellationToken = default);

    /// <summary>Counts open cases by kind.</summary>
    ValueTask<IReadOnlyDictionary<string, int>> CountOpenAsync(TenantId tenant, CancellationToken cancellationToken = default);
}
