namespace OrderKit.Specs.Tests;

public sealed class InMemoryStoreTests
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

    [Theory, MemberData(nameof(Cases))]
    public Task The_in_memory_store_keeps_every_rule(string suite, string name) =>
        SpecCatalogue.Named(suite).RunAsync(name, InMemoryStoreUnderTest.OpenAsync);
}
