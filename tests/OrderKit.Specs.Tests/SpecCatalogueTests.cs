using System.Reflection;

namespace OrderKit.Specs.Tests;

public sealed class SpecCatalogueTests
{
    [Fact]
    public void Every_suite_of_the_package_is_in_the_catalogue()
    {
        var classes = typeof(SpecCatalogue).Assembly.GetExportedTypes()
            .Where(type => type.GetProperty("Suite", BindingFlags.Public | BindingFlags.Static)?.PropertyType == typeof(SpecSuite))
            .Select(type => type.Name);

        Assert.Equal(classes.Order(StringComparer.Ordinal), SpecCatalogue.Suites.Select(suite => suite.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_case_has_a_name_of_its_own_in_its_suite() => Assert.All(
        SpecCatalogue.Suites, suite => Assert.Equal(suite.Cases.Count, suite.Cases.Select(spec => spec.Name).Distinct().Count()));

    [Fact]
    public void A_case_says_that_it_did_not_run_where_the_store_lacks_the_ability()
    {
        var needy = SpecCatalogue.Suites.SelectMany(suite => suite.Cases.Where(spec => spec.Needs != StoreAbilities.None).Select(spec => (suite, spec))).ToList();

        Assert.NotEmpty(needy);
        Assert.All(needy, pair => Assert.False(pair.suite.RunAsync(pair.spec.Name, InMemoryStoreUnderTest.OpenAsync).Result));
    }

    [Fact]
    public async Task A_name_that_is_none_is_refused_with_the_way_out()
    {
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => OrderStoreSpec.Suite.RunAsync("none", InMemoryStoreUnderTest.OpenAsync));

        Assert.Contains("Use a name from its Cases", failure.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => SpecCatalogue.Named("none"));
    }
}
