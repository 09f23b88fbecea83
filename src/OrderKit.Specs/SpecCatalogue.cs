namespace OrderKit.Specs;

/// <summary>The list of all suites. A provider's tests compare themselves with it, so that no suite is missing.</summary>
public static class SpecCatalogue
{
    /// <summary>The suites, sorted by name.</summary>
    public static IReadOnlyList<SpecSuite> Suites { get; } =
    [
        CaseStoreSpec.Suite, ClaimScheduleSpec.Suite, DeadLetterStoreSpec.Suite, DeadlineStoreSpec.Suite, DuplicateOrderStoreSpec.Suite,
        InboxStoreSpec.Suite, JournalStoreSpec.Suite,
        LaneStoreSpec.Suite, LeaseStoreSpec.Suite, LifecycleSpec.Suite, LostNodeSpec.Suite, MessageScheduleSpec.Suite,
        OperationStoreSpec.Suite, OrderNumberSpec.Suite, OrderQuerySpec.Suite, OrderStoreSpec.Suite, OutboxStoreSpec.Suite,
        ParkedFactSpec.Suite, PaymentScheduleSpec.Suite, QuarantineStoreSpec.Suite, TransactionScheduleSpec.Suite, UnitOfWorkSpec.Suite,
    ];

    /// <summary>Returns the suite with a name.</summary>
    /// <exception cref="ArgumentException">There is no suite with that name.</exception>
    public static SpecSuite Named(string name) => Suites.FirstOrDefault(suite => suite.Name == name)
        ?? throw new ArgumentException(
            $"There is no suite '{name}'. The suites are {string.Join(", ", Suites.Select(suite => suite.Name))}.", nameof(name));
}
