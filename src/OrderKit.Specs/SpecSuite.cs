namespace OrderKit.Specs;

/// <summary>The cases of one kind of store.</summary>
/// <param name="Name">The name of the class that lists the cases, such as <c>OrderStoreSpec</c>.</param>
/// <param name="Cases">The cases. Their names are unique.</param>
public sealed record SpecSuite(string Name, IReadOnlyList<SpecCase<IStoreUnderTest>> Cases)
{
    /// <summary>
    /// Runs one case on a store that is opened for it. Returns <see langword="false"/> if the store lacks a needed ability.
    /// </summary>
    /// <exception cref="ArgumentException">There is no case with that name.</exception>
    /// <exception cref="SpecFailedException">The store breaks the rule.</exception>
    public async Task<bool> RunAsync(string name, Func<ValueTask<IStoreUnderTest>> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        var spec = Cases.FirstOrDefault(spec => spec.Name == name)
            ?? throw new ArgumentException($"{Name} has no case '{name}'. Use a name from its Cases.", nameof(name));

        // Without the synchronization context of a test framework: cases await without ConfigureAwait.
        return await Task.Run(async () =>
        {
            await using var store = await open();
            if ((spec.Needs & ~store.Abilities) != 0)
            {
                return false;
            }

            await spec.RunAsync(store);
            return true;
        });
    }
}
