using Microsoft.Extensions.DependencyInjection;

namespace OrderKit.Core;

/// <summary>Opens a service of the host in a dependency injection scope of its own, so that the service may take a <c>DbContext</c>.</summary>
/// <typeparam name="T">The service.</typeparam>
/// <remarks>Safe for several threads. OrderKit opens one scope for each transaction, and disposes it after the transaction has ended.</remarks>
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
    public ScopedLease<T> Open()
    {
        if (_instance is not null)
        {
            return new ScopedLease<T>(_instance, null);
        }

        var scope = _scopes!.CreateAsyncScope();
        try
        {
            return new ScopedLease<T>(_resolve!(scope.ServiceProvider), scope);
        }
        catch
        {
            scope.Dispose();
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

        using var scope = _scopes!.CreateScope();
        return read(_resolve!(scope.ServiceProvider));
    }
}
