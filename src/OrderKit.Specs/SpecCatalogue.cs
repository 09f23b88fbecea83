namespace OrderKit.Specs;

/// <summary>All suites: a provider's tests compare what they run with this list, so that none is left out.</summary>
public static class SpecCatalogue
{
    /// <summary>The suites, in the order of their names.</summary>
    public static IReadOnlyList<SpecSuite> Suites { get; } =
    [
        CaseStoreSpec.Suite, ClaimScheduleSpec.Suite, DeadLetterStoreSpec.Suite, DeadlineStoreSpec.Suite, DuplicateOrderStoreSpec.Suite, InboxStoreSpec.Suite, JournalStoreSpec.Suite,
        LaneStoreSpec.Suite, LeaseStoreSpec.Suite, LifecycleSpec.Suite, LostNodeSpec.Suite, MessageScheduleSpec.Suite, OperationStoreSpec.Suite, OrderNumberSpec.Suite, OrderQuerySpec.Suite, OrderStoreSpec.Suite, OutboxStoreSpec.Suite,
        ParkedFactSpec.Suite, PaymentScheduleSpec.Suite, QuarantineStoreSpec.Suite, TransactionScheduleSpec.Suite, UnitOfWorkSpec.Suite,
    ];

    /// <summary>The suite of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static SpecSuite Named(string name) => Suites.FirstOrDefault(suite => suite.Name == name)
        ?? throw new ArgumentException($"There is no suite '{name}'. There are {string.Join(", ", Suites.Select(suite => suite.Name))}.", nameof(name));
}
