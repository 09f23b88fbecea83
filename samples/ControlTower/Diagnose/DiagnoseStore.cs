using System.Data.Common;
using OrderKit.Core.Storage;
using OrderKit.Sql;
using OrderKit.Sqlite;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace ControlTower.Diagnose;

/// <summary>The engine with a store of its own for one diagnosis; nothing of the host's is touched.</summary>
internal sealed class DiagnoseStore : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private DiagnoseStore(ServiceProvider services)
    {
        _services = services;
        Lifecycle = services.GetRequiredService<OrderLifecycle>();
        Journal = services.GetRequiredService<IJournalStore>();
        Cases = services.GetRequiredService<ICaseStore>();
        Models = services.GetRequiredService<OrderModelRegistry>();
    }

    public OrderLifecycle Lifecycle { get; }

    public IJournalStore Journal { get; }

    public ICaseStore Cases { get; }

    public OrderModelRegistry Models { get; }

    /// <summary>Opens a new store in a file.</summary>
    /// <remarks>No host runs, so neither deadlines nor the outbox do: the times are history, and nobody waits for the events.</remarks>
    public static async Task<DiagnoseStore> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection();
        services.AddOrderKit().UseSqlite(options =>
        {
            options.ConnectionString = new DbConnectionStringBuilder { ["Data Source"] = path }.ConnectionString;

            // A loss of power ends the run anyway; it is begun again from the export.
            options.Synchronous = SqliteSynchronous.Normal;
        });
        var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<OrderKitSchema>().EnsureAsync(cancellationToken);
        return new DiagnoseStore(provider);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
