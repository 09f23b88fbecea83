namespace OrderKit.AspNetCore;

/// <summary>Carries a response that is not stored out of its operation, so that the claim is released.</summary>
internal sealed class NotKeptException(KeptResponse response) : Exception($"The handler answered with {response.Status}.")
{
    public KeptResponse Response { get; } = response;
}
