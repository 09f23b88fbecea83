using Microsoft.Extensions.Hosting;

namespace OrderKit.Sql;

/// <summary>Creates or validates the tables before other services of the host start.</summary>
internal sealed class SchemaStartup(OrderKitSchema schema, SchemaMode mode) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => mode switch
    {
        SchemaMode.CreateIfMissing => schema.EnsureAsync(cancellationToken),
        SchemaMode.Validate => schema.ValidateAsync(cancellationToken),
        _ => Task.CompletedTask,
    };

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
