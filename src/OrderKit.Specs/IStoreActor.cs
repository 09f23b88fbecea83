using OrderKit.Core;

namespace OrderKit.Specs;

/// <summary>The ports of one participant of a store, such as a process or a connection pool.</summary>
public interface IStoreActor
{
    /// <summary>The factory of units of work.</summary>
    IUnitOfWorkFactory Units { get; }

    /// <summary>The write side of orders.</summary>
    IOrderStore Orders { get; }

    /// <summary>The read side of orders.</summary>
    IOrderQueryStore Queries { get; }

    /// <summary>The journal.</summary>
    IJournalStore Journal { get; }

    /// <summary>The deadlines.</summary>
    IDeadlineStore Deadlines { get; }

    /// <summary>The outbox.</summary>
    IOutboxStore Outbox { get; }

    /// <summary>The leases.</summary>
    ILeaseStore Leases { get; }

    /// <summary>The quarantine.</summary>
    IQuarantineStore Quarantine { get; }

    /// <summary>The operations.</summary>
    IOperationStore Operations { get; }

    /// <summary>The cases.</summary>
    ICaseStore Cases { get; }

    /// <summary>The write side of duplicate orders.</summary>
    IDuplicateOrderStore DuplicateOrders { get; }

    /// <summary>The read side of duplicate orders.</summary>
    IDuplicateOrderQueryStore DuplicateOrderQueries { get; }

    /// <summary>The inbox.</summary>
    IInboxStore Inbox { get; }

    /// <summary>The dead letters.</summary>
    IDeadLetterStore DeadLetters { get; }

    /// <summary>The paused destinations and consumers.</summary>
    IDeliveryPauseStore Pauses { get; }
}
