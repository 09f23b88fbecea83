namespace OrderKit.Idempotency.Storage;

/// <summary>Checks of arguments that every store performs.</summary>
public static class OperationChecks
{
    /// <summary>Requires that a set names each operation once, because no statement can claim a row twice.</summary>
    /// <exception cref="ArgumentException">Two requests have the same key.</exception>
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
                throw new ArgumentException(
                    $"The set contains operation {request.Key} twice. Merge requests with the same key before you claim them together.",
                    nameof(requests));
            }
        }
    }
}
