using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using OrderKit.AspNetCore;
using OrderKit.Idempotency;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers and maps endpoints that process a request once for its <c>Idempotency-Key</c>.</summary>
public static class IdempotencyKeyExtensions
{
    /// <summary>
    /// Records the body of requests that have an <c>Idempotency-Key</c>, so that <see cref="RequireIdempotencyKey"/> compares all of it.
    /// The record is the first middleware of the application, wherever this method is called.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    public static IServiceCollection AddIdempotencyKeys(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (!services.Any(static service => service.ImplementationType == typeof(BodyRecording)))
        {
            // The first startup filter is the outermost one, so that no other filter can read the body before.
            services.Insert(0, ServiceDescriptor.Singleton<IStartupFilter, BodyRecording>());
        }

        return services;
    }

    /// <summary>
    /// Makes endpoints process each request once for its <c>Idempotency-Key</c>, as in draft-ietf-httpapi-idempotency-key-header-07.
    /// On a group it applies to all endpoints except those for GET, HEAD, OPTIONS and TRACE. If it is called twice, the inner call applies.
    /// Requires <see cref="AddIdempotencyKeys"/>.
    /// </summary>
    /// <param name="builder">An endpoint or a group.</param>
    /// <param name="configure">Changes the options.</param>
    /// <exception cref="ArgumentException">The options contradict each other; the message names all faults.</exception>
    public static TBuilder RequireIdempotencyKey<TBuilder>(this TBuilder builder, Action<IdempotencyKeyOptions>? configure = null)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new IdempotencyKeyOptions();
        configure?.Invoke(options);
        if (options.Faults() is { Count: > 0 } faults)
        {
            throw new ArgumentException(string.Join(' ', faults), nameof(configure));
        }

        builder.Add(endpoint =>
        {
            if (!endpoint.ApplicationServices.GetServices<IStartupFilter>().OfType<BodyRecording>().Any())
            {
                throw new InvalidOperationException(
                    $"The endpoint {endpoint.DisplayName} requires an Idempotency-Key, but request bodies are not recorded. "
                    + "Call builder.Services.AddIdempotencyKeys().");
            }

            if (endpoint.ApplicationServices.GetService<IServiceProviderIsService>()?.IsService(typeof(Operations)) == false)
            {
                throw new InvalidOperationException(
                    $"The endpoint {endpoint.DisplayName} requires an Idempotency-Key, but nothing stores its requests. "
                    + "Call builder.Services.AddOrderKit() and choose a store.");
            }

            var isWrapped = endpoint.Metadata.OfType<IdempotencyKeyMetadata>().Any();
            endpoint.Metadata.Add(new IdempotencyKeyMetadata(options));
            if (!isWrapped && endpoint.RequestDelegate is { } handler)
            {
                endpoint.RequestDelegate = new IdempotencyKeyGate(handler).InvokeAsync;
            }
        });
        return builder;
    }
}
