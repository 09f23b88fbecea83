namespace OrderKit.Specs;

/// <summary>The cases of one kind of store.</summary>
/// <param name="Name">The name of the class that lists them, such as <c>OrderStoreSpec</c>.</param>
/// <param name="Cases">The cases; their names are unique.</param>
public sealed record SpecSuite(string Name, IReadOnlyList<SpecCase<IStoreUnderTest>> Cases)
{
    /// <summary>Tries one case on a store that is opened for it; <see langword="false"/> where the store lacks the ability that the rule is about.</summary>
    /// <exception cref="ArgumentException">There is no case of that name.</exception>
    /// <exception cref="SpecFailedException">The store breaks the rule.</exception>
    public async Task<bool> RunAsync(string name, Func<ValueTask<IStoreUnderTest>> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        var spec = Cases.FirstOrDefault(spec => spec.Name == name)
            ?? throw new ArgumentException($"{Name} has no case '{name}'. Take the name from its Cases.", nameof(name));
        var store = await open().ConfigureAwait(false);
        try
        {
            if ((spec.Needs & ~store.Abilities) != 0)
            {
                return false;
            }

            await spec.RunAsync(store).ConfigureAwait(false);
            return true;
        }
        finally
        {
            await store.DisposeAsync().ConfigureAwait(false);
        }
    }
}
