namespace OrderKit.Core.Storage;

/// <summary>Reads cases. The deciding engine opens and closes them in its own transaction.</summary>
public interface ICaseStore
{
    /// <summary>Lists cases.</summary>
    ValueTask<Page<OrderCase>> QueryAsync(CaseQuery query, CancellationToken cancellationToken = default);

    /// <summary>Counts open cases by kind.</summary>
    ValueTask<IReadOnlyDictionary<string, int>> CountOpenAsync(TenantId tenant, CancellationToken cancellationToken = default);
}
