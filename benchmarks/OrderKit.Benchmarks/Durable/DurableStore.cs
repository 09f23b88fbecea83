using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.StateMachine;

namespace OrderKit.Benchmarks;

/// <summary>OrderKit on one database.</summary>
internal sealed class DurableStore : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public DurableStore(Action<OrderKitBuilder> choose)
    {
        var services = new ServiceCollection().AddLogging();
        choose(services.AddOrderKit());
        _services = services.BuildServiceProvider();
        Lifecycle = _services.GetRequiredService<OrderLifecycle>();
    }

    public OrderLifecycle Lifecycle { get; }

    public T Service<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public T Port<T>()
        where T : class => _services.GetRequiredService<T>();

    public Task CreateAsync() => _services.GetRequiredService<Sql.OrderKitSchema>().EnsureAsync();

    public async Task FireAsync(IReadOnlyList<OrderFact> facts)
    {
        foreach (var fact in facts)
        {
            Require(await Lifecycle.FireAsync(fact).ConfigureAwait(false));
        }
    }

    public async Task FireManyAsync(IReadOnlyList<OrderFact> facts)
    {
        foreach (var result in await Lifecycle.FireManyAsync(facts).ConfigureAwait(false))
        {
            Require(result);
        }
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    /// <summary>Returns the number of rows of each table, and the sum of the orders' versions.</summary>
    public static async Task<string> ContentAsync(DbConnection connection)
    {
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync().ConfigureAwait(false);
            var command = connection.CreateCommand();
            await using (command.ConfigureAwait(false))
            {
                command.CommandText = """
                    SELECT (SELECT count(*) FROM orderkit_orders), (SELECT sum(version) FROM orderkit_orders),
                        (SELECT count(*) FROM orderkit_journal), (SELECT count(*) FROM orderkit_outbox),
                        (SELECT count(*) FROM orderkit_deadlines), (SELECT sum(captured) FROM orderkit_orders)
                    """;
                var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    await reader.ReadAsync().ConfigureAwait(false);
                    return string.Join(
                        " / ",
                        Enumerable.Range(0, reader.FieldCount)
                            .Select(i => Convert.ToString(reader.GetValue(i), System.Globalization.CultureInfo.InvariantCulture)));
                }
            }
        }
    }

    private static void Require(FireResult result)
    {
        if (result is not FireResult.Applied)
        {
            throw new InvalidOperationException($"A fact of the benchmark was not applied: {result}");
        }
    }
}
