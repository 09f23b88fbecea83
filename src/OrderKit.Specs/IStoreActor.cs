using OrderKit.Core;

namespace OrderKit.Specs;

/// <summary>One participant at a store, such as a process or a connection pool: all its ports.</summary>
public interface IStoreActor
{
    /// <summary>Begins units of work.</summary>
    IUnitOfWorkFactory Units { get; }

    /// <summary>Orders, the writing side.</summary>
    IOrderStore Orders { get; }

    /// <summary>Orders, the reading side.</summary>
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

    /// <summary>Duplicate orders, the writing side.</summary>
    IDuplicateOrderStore DuplicateOrders { get; }

    /// <summary>Duplicate orders, the reading side.</summary>
    IDuplicateOrderQueryStore DuplicateOrderQueries { get; }

    /// <summary>The inbox.</summary>
    IInboxStore Inbox { get; }

    /// <summary>The dead letters.</summary>
    IDeadLetterStore DeadLetters { get; }

    /// <summary>Which destinations and consumers rest.</summary>
    IDeliveryPauseStore Pauses { get; }
}
