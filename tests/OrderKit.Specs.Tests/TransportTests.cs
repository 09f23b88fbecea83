namespace OrderKit.Specs.Tests;

/// <summary>The transport within one process keeps the rules, and each rule is failed by a transport that was broken on purpose.</summary>
public sealed class TransportTests
{
    public static TheoryData<string> Rules => [.. TransportSpec.Cases.Select(spec => spec.Name)];

    public static TheoryData<string, string> Findings
    {
        get
        {
            var findings = new TheoryData<string, string>();
            foreach (var (fault, _, foundBy) in TransportFaults.All)
            {
                foreach (var name in foundBy)
                {
                    findings.Add(fault, name);
                }
            }

            return findings;
        }
    }

    [Theory, MemberData(nameof(Rules))]
    public Task The_transport_within_one_process_keeps_every_rule(string name) =>
        TransportSpec.RunAsync(name, () => new(new InProcessTransportUnderTest()));

    [Theory, MemberData(nameof(Findings))]
    public async Task A_broken_transport_is_found(string fault, string name)
    {
        var broken = TransportFaults.All.Single(f => f.Name == fault);
        var failure = await Record.ExceptionAsync(() => TransportSpec.RunAsync(name, () =>
        {
            // What a broken transport lost never comes: this is how long a rule waits for it.
            var under = new InProcessTransportUnderTest { Patience = TimeSpan.FromSeconds(1) };
            broken.Break(under.Broken);
            return new(under);
        }));

        Assert.True(failure is not null, $"'{name}' passes on a transport of which is true: {fault}.");
    }

    [Fact]
    public void Every_rule_finds_a_fault()
    {
        var found = TransportFaults.All.SelectMany(fault => fault.FoundBy).ToHashSet(StringComparer.Ordinal);

        Assert.DoesNotContain(TransportSpec.Cases, spec => !found.Contains(spec.Name));
    }

    [Fact]
    public void Every_rule_has_a_name_of_its_own() => Assert.Equal(TransportSpec.Cases.Count, TransportSpec.Cases.Select(spec => spec.Name).Distinct().Count());
}
