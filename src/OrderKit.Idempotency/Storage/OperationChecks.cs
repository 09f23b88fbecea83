namespace OrderKit.Idempotency.Storage;

/// <summary>What every store asks of its callers.</summary>
public static class OperationChecks
{
    /// <summary>Refuses a set that names an operation twice: no statement can claim a row twice.</summary>
    /// <exception cref="ArgumentException">A key is there twice.</exception>
    public static void RequireDifferent(IReadOnlyList<OperationRequest> requests)
    {
        ArgumentNullException.ThrowIfNull(requests);
        if (requests.Count < 2)
        {
            return;
        }

        var seen = new HashSet<OperationKey>(requests.Count);
        foreach (var request in requests)
        {
            if (!seen.Add(request.Key))
            {
                throw new ArgumentException($"The operation {request.Key} is there twice. Fold requests of one key before they are claimed together.", nameof(requests));
            }
        }
    }
}
