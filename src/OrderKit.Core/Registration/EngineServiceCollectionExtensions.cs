using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrderKit.Core.Storage;

namespace OrderKit.Core;

/// <summary>Registers what every engine needs: validated options, background loops and services in scopes.</summary>
/// <remarks>For the packages of OrderKit and for those that extend it. Every method may be called again with the same types.</remarks>
public static class EngineServiceCollectionExtensions
{
    /// <summary>Adds options that are validated when the host starts.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Changes the options; each further call adds changes.</param>
    /// <param name="validate">Adds every fault of the options.</param>
    public static IServiceCollection AddValidatedOptions<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions>(
        this IServiceCollection services, Action<TOptions>? configure, Action<TOptions, OptionFaults> validate)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(validate);
        services.AddOptions<TOptions>().ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<TOptions>, OptionsCheck<TOptions>>(_ => new OptionsCheck<TOptions>(validate)));
        return configure is null ? services : services.Configure(configure);
    }

    /// <summary>Adds a loop that runs in the background of a host, unless <see cref="BackgroundOptions.RunInBackground"/> is off.</summary>
    /// <typeparam name="TWorker">The service whose step is repeated.</typeparam>
    /// <typeparam name="TOptions">The options that hold the interval.</typeparam>
    /// <param name="services">The services of the host.</param>
    /// <param name="name">The name of the loop in logs.</param>
    /// <param name="step">The step.</param>
    /// <param name="wakeUp">What ends the wait early.</param>
    public static IServiceCollection AddBackgroundLoop<
        TWorker, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions>(
        this IServiceCollection services, string name, Func<TWorker, CancellationToken, Task> step, Func<TWorker, WakeUp>? wakeUp = null)
        where TWorker : class
        where TOptions : BackgroundOptions
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(step);
        return services.AddBackgroundLoops<TWorker>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<TOptions>>().Value;
            if (!options.RunInBackground)
            {
                return [];
            }

            var worker = provider.GetRequiredService<TWorker>();
            return [new BackgroundLoop(name, options.PollInterval, token => step(worker, token), wakeUp?.Invoke(worker))];
        });
    }

    /// <summary>Adds the loops of a worker that has several, or none.</summary>
    /// <typeparam name="TWorker">The worker.</typeparam>
    /// <param name="services">The services of the host.</param>
    /// <param name="makeLoops">Makes the loops when the host starts.</param>
    public static IServiceCollection AddBackgroundLoops<TWorker>(
        this IServiceCollection services, Func<IServiceProvider, IEnumerable<BackgroundLoop>> makeLoops)
        where TWorker : class
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(makeLoops);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, BackgroundLoopService<TWorker>>(provider => new(
            () => makeLoops(provider),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<BackgroundLoop>>())));
        return services;
    }

    /// <summary>Adds the one implementation of a service of the host, which is opened in a scope per transaction.</summary>
    /// <remarks>An implementation that was registered before stays. Take a <see cref="ScopedService{T}"/> to open it.</remarks>
    public static IServiceCollection AddScopedService<
        TService, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TImplementation>(
        this IServiceCollection services)
        where TService : class
        where TImplementation : class, TService
    {
        services.TryAddScoped<TService, TImplementation>();
        return services.UseScopedService<TService>();
    }

    /// <summary>
    /// Lets <see cref="ScopedService{T}"/> and <see cref="ScopedServices{T}"/> be resolved for a service that the host registers.
    /// </summary>
    public static IServiceCollection UseScopedService<TService>(this IServiceCollection services)
        where TService : class
    {
        services.TryAddSingleton(static provider => new ScopedService<TService>(
            provider.GetRequiredService<IServiceScopeFactory>(), static scope => scope.GetRequiredService<TService>()));
        services.TryAddSingleton(static provider => new ScopedServices<TService>(provider));
        return services;
    }

    /// <summary>Adds one of several implementations of a service of the host, each opened in a scope per transaction.</summary>
    /// <remarks>Take the <see cref="ScopedServices{T}"/> to open them. Adding the same implementation again changes nothing.</remarks>
    public static IServiceCollection AddScopedServices<
        TService, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TImplementation>(
        this IServiceCollection services)
        where TService : class
        where TImplementation : class, TService
    {
        services.TryAddScoped<TImplementation>();
        services.TryAddEnumerable(ServiceDescriptor.Scoped<TService, TImplementation>(
            static provider => provider.GetRequiredService<TImplementation>()));
        return services.UseScopedService<TService>();
    }
}
