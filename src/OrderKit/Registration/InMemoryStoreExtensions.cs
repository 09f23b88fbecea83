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
        services.AddStorePort<IUnitOfWorkFactory>(static provider => provider.GetRequiredService<InMemoryDatabase>());
        services.AddStorePort<IOutboxStore>(static provider => provider.GetRequiredService<InMemoryOutboxStore>());
        services.AddStorePort<ILeaseStore>(static provider => provider.GetRequiredService<InMemoryLeaseStore>());
        services.AddStorePort<ICaseStore>(static provider => provider.GetRequiredService<InMemoryCaseStore>());
        services.AddStorePort<IQuarantineStore>(static provider => provider.GetRequiredService<InMemoryQuarantineStore>());
        services.AddStorePort<IOperationStore>(static provider => provider.GetRequiredService<InMemoryOperationStore>());
        services.AddStorePort<IOrderStore>(static provider => provider.GetRequiredService<InMemoryOrderStore>());
        services.AddStorePort<IOrderQueryStore>(static provider => provider.GetRequiredService<InMemoryOrderStore>());
        services.AddStorePort<IJournalStore>(static provider => provider.GetRequiredService<InMemoryOrderStore>());
        services.AddStorePort<IDeadlineStore>(static provider => provider.GetRequiredService<InMemoryOrderStore>());
        services.AddStorePort<IDuplicateOrderStore>(static provider => provider.GetRequiredService<InMemoryDuplicateOrderStore>());
        services.AddStorePort<IDuplicateOrderQueryStore>(static provider => provider.GetRequiredService<InMemoryDuplicateOrderStore>());
        services.AddStorePort<IInboxStore>(static provider => new InMemoryInboxStore(provider.GetRequiredService<InMemoryDatabase>()));
        services.AddStorePort<IDeadLetterStore>(
            static provider => new InMemoryDeadLetterStore(provider.GetRequiredService<InMemoryDatabase>()));
        services.AddStorePort<IDeliveryPauseStore>(
            static provider => new InMemoryDeliveryPauseStore(provider.GetRequiredService<InMemoryDatabase>()));
        return builder;
    }
}
