namespace OrderKit.Specs.Tests;

/// <summary>A rule that no store can break is no rule: each case is failed by a store that was broken on purpose.</summary>
public sealed class BrokenStoreTests
{
    private static readonly Fault[] Faults =
    [
        .. OrderFaults.All, .. OrderNumberFaults.All, .. ParkedFactFaults.All, .. UnitFaults.All, .. InboxFaults.All, .. DeadLetterFaults.All, .. DeadlineFaults.All, .. OutboxFaults.All, .. LaneFaults.All,
        .. LeaseFaults.All, .. LostNodeFaults.All, .. CaseFaults.All, .. QueryFaults.All, .. JournalFaults.All, .. LifecycleFaults.All, .. OperationFaults.All,
        .. DuplicateOrderFaults.All, .. QuarantineFaults.All, .. ScheduleFaults.All,
    ];

    public static TheoryData<string, string, string> Findings
    {
        get
        {
            var findings = new TheoryData<string, string, string>();
            foreach (var fault in Faults)
            {
                foreach (var name in fault.FoundBy)
                {
                    findings.Add(fault.Suite, fault.Name, name);
                }
            }

            return findings;
        }
    }

    [Theory, MemberData(nameof(Findings))]
    public async Task A_broken_store_is_found(string suite, string fault, string name)
    {
        var broken = Faults.Single(f => f.Suite == suite && f.Name == fault);
        var failure = await Record.ExceptionAsync(() => SpecCatalogue.Named(suite).RunAsync(name, () =>
        {
            var store = new BrokenStore();
            broken.Break(store);
            return new(store);
        }));

        Assert.True(failure is not null, $"'{name}' passes on a store of which is true: {fault}.");
    }

    [Fact]
    public void Every_fault_is_found_by_a_case() => Assert.Empty(Faults.Where(fault => fault.FoundBy.Length == 0).Select(fault => fault.Name));

    [Fact]
    public void Every_case_finds_a_fault()
    {
        var found = Faults.SelectMany(fault => fault.FoundBy.Select(name => (fault.Suite, name))).ToHashSet();
        var idle = SpecCatalogue.Suites.SelectMany(suite => suite.Cases.Select(spec => (Suite: suite.Name, spec.Name, spec.Needs)))
            // What needs two open units or a host's transaction is tried on the stores that have them.
            .Where(spec => !found.Contains((spec.Suite, spec.Name)) && spec.Needs == StoreAbilities.None)
            .Select(spec => $"{spec.Suite}: {spec.Name}");

        Assert.Empty(idle);
    }
}
