using OrderKit.Specs;

namespace OrderKit.Sql.Tests;

/// <summary>Every rule of the catalogue: a suite that is added there runs here by itself.</summary>
public abstract class CatalogueTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var suite in SpecCatalogue.Suites)
            {
                foreach (var spec in suite.Cases)
                {
                    cases.Add(suite.Name, spec.Name);
                }
            }

            return cases;
        }
    }

    /// <summary>The rules that mean nothing for this store.</summary>
    protected abstract StoreAbilities Lacks { get; }

    protected abstract ValueTask<IStoreUnderTest> OpenAsync();

    [Theory, MemberData(nameof(Cases))]
    public async Task The_store_keeps_every_rule(string suite, string name)
    {
        var hasRun = await SpecCatalogue.Named(suite).RunAsync(name, OpenAsync);

        Assert.Equal(hasRun, (SpecCatalogue.Named(suite).Cases.Single(spec => spec.Name == name).Needs & Lacks) == 0);
    }

    [Fact]
    public async Task Two_writers_of_two_processes_are_never_both_accepted()
    {
        await using var store = await OpenAsync();

        await LifecycleSpec.RaceAsync(store, Environment.GetEnvironmentVariable("ORDERKIT_LONG") == "1" ? 1_000_000 : 5_000);
    }
}
