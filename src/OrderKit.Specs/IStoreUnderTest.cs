using OrderKit.Core;

namespace OrderKit.Specs;

/// <summary>A store that a case is tried on, opened for that case alone.</summary>
/// <remarks>
/// It is empty when it is opened: outbox, deadlines, leases and journal segments have no tenant, so a case would meet what another one
/// left. A database of its own, a schema of its own or a table prefix of its own does.
/// </remarks>
public interface IStoreUnderTest : IStoreActor, IAsyncDisposable
{
    /// <summary>A tenant that nobody else uses.</summary>
    TenantId Tenant { get; }

    /// <summary>What this store can do beyond what all can.</summary>
    StoreAbilities Abilities { get; }

    /// <summary>Moves the store's clock forward; the store sleeps only where its clock cannot be moved.</summary>
    Task AdvanceAsync(TimeSpan by);

    /// <summary>Opens a second participant on the same data, that shares nothing else with the first where that is possible.</summary>
    Task<IStoreActor> OpenAnotherAsync();
}
