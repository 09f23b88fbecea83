using Microsoft.Extensions.DependencyInjection;

namespace OrderKit.Core;

/// <summary>A service that was opened by <see cref="ScopedService{T}.Open"/>.</summary>
/// <typeparam name="T">The service.</typeparam>
public sealed class ScopedLease<T> : IAsyncDisposable
    where T : class
{
    private AsyncServiceScope? _scope;

    internal ScopedLease(T service, AsyncServiceScope? scope) => (Service, _scope) = (service, scope);

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
