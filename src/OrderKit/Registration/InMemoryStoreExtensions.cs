using Microsoft.Extensions.DependencyInjection.Extensions;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Idempotency.Storage;
using OrderKit.Messaging.Storage;
using OrderKit.StateMachine.Storage;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Chooses the in-memory store.</summary>
public static class InMemoryStoreExtensions
{
    /// <summary>Keeps everything in the memory of this process, for tests and first steps: it is gone with the process.</summary>
    /// <exception cref="InvalidOperationException">Another store was chosen before.</exception>
    public static OrderKitBuilder UseInMemory(this OrderKitBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.ChooseStore(nameof(UseInMemory));
        var services = builder.Services;
        services.TryAddSingleton(static provider => new InMemoryDatabase(provider.GetService<TimeProvider>()));
        services.TryAddSingleton<InMemoryOutboxStore>();
        services.TryAddSingleton<InMemoryLeaseStore>();
        services.TryAddSingleton<InMemoryCaseStore>();
        services.TryAddSingleton<InMemoryOrderStore>();
        services.TryAddSingleton<InMemoryQuarantineStore>();
        services.TryAddSingleton<InMemoryOperationStore>();
        services.TryAddSingleton<InMemoryDuplicateOrderStore>();
        services.TryAddSingleton<IUnitOfWorkFactory>(static provider => provider.GetRequiredService<InMemoryDatabase>());
        services.TryAddSingleton<IOutboxStore>(static provider => provider.GetRequiredService<InMemoryOutboxStore>());
        services.TryAddSingleton<ILeaseStore>(static provider => provider.GetRequiredService<InMemoryLeaseStore>());
        services.TryAddSingleton<ICaseStore>(static provider => provider.GetRequiredService<InMemoryCaseStore>());
        services.TryAddSingleton<IQuarantineStore>(static provider => provider.GetRequiredService<InMemoryQuarantineStore>());
        services.TryAddSingleton<IOperationStore>(static provider => provider.GetRequiredService<InMemoryOperationStore>());
        services.TryAddSingleton<IOrderStore>(static provider => provider.GetRequiredService<InMemoryOrderStore>());
        services.TryAddSingleton<IOrderQueryStore>(static provider => provider.GetRequiredService<InMemoryOrderStore>());
        services.TryAddSingleton<IJournalStore>(static provider => provider.GetRequiredService<InMemoryOrderStore>());
        services.TryAddSingleton<IDeadlineStore>(static provider => provider.GetRequiredService<InMemoryOrderStore>());
        services.TryAddSingleton<IDuplicateOrderStore>(static provider => provider.GetRequiredService<InMemoryDuplicateOrderStore>());
        services.TryAddSingleton<IDuplicateOrderQueryStore>(static provider => provider.GetRequiredService<InMemoryDuplicateOrderStore>());
        services.TryAddSingleton<IInboxStore>(static provider => new InMemoryInboxStore(provider.GetRequiredService<InMemoryDatabase>()));
        services.TryAddSingleton<IDeadLetterStore>(static provider => new InMemoryDeadLetterStore(provider.GetRequiredService<InMemoryDatabase>()));
        services.TryAddSingleton<IDeliveryPauseStore>(static provider => new InMemoryDeliveryPauseStore(provider.GetRequiredService<InMemoryDatabase>()));
        return builder;
    }
}
