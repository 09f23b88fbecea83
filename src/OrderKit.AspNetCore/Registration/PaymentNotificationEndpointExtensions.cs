using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrderKit.AspNetCore;
using OrderKit.Idempotency;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Maps endpoints for what payment providers tell.</summary>
public static class PaymentNotificationEndpointExtensions
{
    /// <summary>
    /// Takes the callbacks of a payment provider: what the host verified goes to the <see cref="NotificationGate"/>, and the provider is
    /// answered in its own words when the fact is durable. A wrong signature is answered with 400 and stores nothing; where the store is
    /// down the provider is asked to send again, with 503.
    /// </summary>
    /// <param name="endpoints">The application or a group.</param>
    /// <param name="pattern">The route.</param>
    /// <param name="provider">The provider, as <see cref="NotificationFacts.Provider"/> and <see cref="NotificationOptions.Protocols"/> name it.</param>
    /// <param name="read">Verifies and reads a callback.</param>
    public static IEndpointConventionBuilder MapPaymentNotifications(this IEndpointRouteBuilder endpoints, string pattern, string provider, NotificationReader read)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        ArgumentException.ThrowIfNullOrEmpty(provider);
        ArgumentNullException.ThrowIfNull(read);
        return endpoints.MapPost(pattern, (RequestDelegate)new NotificationEndpoint(provider, read).InvokeAsync).WithDisplayName($"Notifications of {provider}");
    }
}
