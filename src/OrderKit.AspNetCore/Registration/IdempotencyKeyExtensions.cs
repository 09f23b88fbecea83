using Microsoft.AspNetCore.Builder;
using OrderKit.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Maps endpoints that do a request once.</summary>
public static class IdempotencyKeyExtensions
{
    /// <summary>
    /// Has endpoints do each request once for its <c>Idempotency-Key</c>, as draft-ietf-httpapi-idempotency-key-header-07 has it. On a group it
    /// holds for all of its endpoints; GET, HEAD, OPTIONS and TRACE pass through. Where it is called twice, the inner call has the say.
    /// </summary>
    /// <param name="builder">An endpoint or a group.</param>
    /// <param name="configure">The settings.</param>
    /// <exception cref="ArgumentException">The settings contradict themselves; the message names all faults.</exception>
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
