using OrderKit.Core;

namespace OrderKit.Specs;

/// <summary>A store to test, opened for one case.</summary>
/// <remarks>
/// The store must be empty when it is opened: outbox, deadlines, leases and journal segments have no tenant, so a case would see rows of
/// other cases. Give it its own database, schema or table prefix.
/// </remarks>
public interface IStoreUnderTest : IStoreActor, IAsyncDisposable
{
    /// <summary>A tenant that nobody else uses.</summary>
    TenantId Tenant { get; }

    /// <summary>The optional abilities of this store.</summary>
    StoreAbilities Abilities { get; }

    /// <summary>Moves the store's clock forward. Sleeps only if the clock cannot be moved.</summary>
    Task AdvanceAsync(TimeSpan by);

    /// <summary>Opens a second participant on the same data. It shares nothing else with the first if possible.</summary>
    Task<IStoreActor> OpenAnotherAsync();
}
