using System.Data.Common;
using OrderKit.Core.Storage;
using OrderKit.Sql;
using OrderKit.Sqlite;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace ControlTower.Diagnose;

/// <summary>The engine with its own store for one diagnosis. It does not touch data of the host.</summary>
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
    /// <remarks>Deadlines and outbox do not run, because the times are in the past and nobody needs the events.</remarks>
    public static async Task<DiagnoseStore> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection();
        services.AddOrderKit().UseSqlite(options =>
        {
            options.ConnectionString = new DbConnectionStringBuilder { ["Data Source"] = path }.ConnectionString;

            // A power failure ends the run anyway, and it must be repeated from the export.
            options.Synchronous = SqliteSynchronous.Normal;
        });
        var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<OrderKitSchema>().EnsureAsync(cancellationToken);
        return new DiagnoseStore(provider);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
