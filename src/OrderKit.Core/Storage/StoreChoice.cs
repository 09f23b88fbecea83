namespace OrderKit.Core.Storage;

/// <summary>The store that the host chose.</summary>
/// <param name="Name">The registering call, such as <c>UseSqlite</c>.</param>
public sealed record StoreChoice(string Name)
{
    internal const string Missing =
        "OrderKit has no store. Call UseSqlite(...), UsePostgreSql(...) or, for tests, UseInMemory() after AddOrderKit().";
}
