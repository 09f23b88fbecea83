using Microsoft.Extensions.DependencyInjection;

namespace OrderKit.Core;

/// <summary>Opens a service of the host in a dependency injection scope, so that the service may take a <c>DbContext</c>.</summary>
/// <typeparam name="T">The service.</typeparam>
/// <remarks>Safe for several threads. OrderKit opens one scope per transaction and disposes it after the transaction ended.</remarks>
public sealed class ScopedService<T>
    where T : class
{
    private readonly IServiceScopeFactory? _scopes;
    private readonly Func<IServiceProvider, T>? _resolve;
    private readonly T? _instance;

    /// <summary>Wraps an instance, for programs without a container. The instance is never disposed.</summary>
    /// <param name="instance">What every <see cref="Open"/> returns.</param>
    public ScopedService(T instance) => _instance = instance ?? throw new ArgumentNullException(nameof(instance));

    internal ScopedService(IServiceScopeFactory scopes, Func<IServiceProvider, T> resolve) => (_scopes, _resolve) = (scopes, resolve);

    /// <summary>Opens the service. Dispose the result to dispose the scope and what it created.</summary>
    public Lease Open()
    {
        if (_instance is not null)
        {
            return new Lease(_instance, null);
        }

        var scope = _scopes!.CreateAsyncScope();
        try
        {
            return new Lease(_resolve!(scope.ServiceProvider), scope);
        }
        catch
        {
            End(scope);
            throw;
        }
    }

    /// <summary>Reads a value that does not depend on a transaction, such as a name, from a service that is opened for it.</summary>
    public TResult Read<TResult>(Func<T, TResult> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        if (_instance is not null)
        {
            return read(_instance);
        }

        var scope = _scopes!.CreateAsyncScope();
        try
        {
            return read(_resolve!(scope.ServiceProvider));
        }
        finally
        {
            End(scope);
        }
    }

    // A scope that is disposed synchronously throws if a service of it can only be disposed asynchronously.
    internal static void End(AsyncServiceScope scope) => scope.DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>An opened service.</summary>
    public sealed class Lease : IAsyncDisposable
    {
        private AsyncServiceScope? _scope;

        internal Lease(T service, AsyncServiceScope? scope) => (Service, _scope) = (service, scope);

        /// <summary>The service. Do not use it after the lease is disposed.</summary>
        public T Service { get; }

        /// <summary>Disposes the scope and what it created.</summary>
        public ValueTask DisposeAsync()
        {
            var scope = _scope;
            _scope = null;
            return scope?.DisposeAsync() ?? default;
        }
    }
}
