namespace OrderKit.AspNetCore;

/// <summary>Carries an answer that is not kept out of its operation, so that the claim is given up.</summary>
internal sealed class NotKeptException(KeptResponse response) : Exception($"The handler answered with {response.Status}.")
{
    public KeptResponse Response { get; } = response;
}
