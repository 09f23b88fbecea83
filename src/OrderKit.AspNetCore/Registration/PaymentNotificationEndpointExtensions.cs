using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrderKit.AspNetCore;
using OrderKit.Idempotency;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Maps endpoints for callbacks of payment providers.</summary>
public static class PaymentNotificationEndpointExtensions
{
    /// <summary>
    /// Handles the callbacks of a payment provider. Notifications that the host verified go to the <see cref="NotificationGate"/>, and the
    /// provider gets its own form of acknowledgement when the fact is durable. A wrong signature is refused with 400 and stores nothing. If
    /// the store is down, the provider gets 503 and sends the callback again.
    /// </summary>
    /// <param name="endpoints">The application or a group.</param>
    /// <param name="pattern">The route.</param>
    /// <param name="provider">
    /// The provider, as in <see cref="NotificationFacts.Provider"/> and <see cref="NotificationOptions.Protocols"/>.
    /// </param>
    /// <param name="read">Verifies and reads a callback.</param>
    /// <exception cref="InvalidOperationException"><c>AddPaymentNotifications</c> was not called.</exception>
    public static IEndpointConventionBuilder MapPaymentNotifications(
        this IEndpointRouteBuilder endpoints, string pattern, string provider, NotificationReader read)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        ArgumentException.ThrowIfNullOrEmpty(provider);
        ArgumentNullException.ThrowIfNull(read);
        if (endpoints.ServiceProvider.GetService<IServiceProviderIsService>()?.IsService(typeof(NotificationGate)) == false)
        {
            throw new InvalidOperationException(
                $"The callbacks of {provider} need a notification gate. Call services.AddOrderKit().AddPaymentNotifications<T>().");
        }

        return endpoints.MapPost(pattern, (RequestDelegate)new NotificationEndpoint(provider, read).InvokeAsync)
            .WithDisplayName($"Notifications of {provider}");
    }
}
