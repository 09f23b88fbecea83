using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrderKit.Idempotency;

namespace OrderKit.AspNetCore;

/// <summary>Takes the callbacks of one provider.</summary>
internal sealed partial class NotificationEndpoint(string provider, NotificationReader read)
{
    /// <summary>Alipay's and WeChat Pay's callbacks have a few kilobytes.</summary>
    private const int MaxBody = 256 * 1024;

    public async Task InvokeAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var logger = services.GetService<ILogger<NotificationEndpoint>>() ?? (ILogger)NullLogger.Instance;
        var answer = await TakeAsync(context, services.GetRequiredService<NotificationGate>(), logger).ConfigureAwait(false);
        context.Response.StatusCode = answer.StatusCode;
        context.Response.Headers.CacheControl = "no-store";
        if (!answer.Body.IsEmpty)
        {
            context.Response.ContentType = answer.ContentType;
            context.Response.ContentLength = answer.Body.Length;
            await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted).ConfigureAwait(false);
        }
    }

    private async Task<Acknowledgement> TakeAsync(HttpContext context, NotificationGate gate, ILogger logger)
    {
        try
        {
            if (await RequestContent.ReadAsync(context.Request, MaxBody, context.RequestAborted).ConfigureAwait(false) is not { } body)
            {
                LogRefused(logger, provider, "too-large");
                return Empty(StatusCodes.Status413PayloadTooLarge);
            }

            switch (await read(context, body, context.RequestAborted).ConfigureAwait(false))
            {
                case NotificationReading.Verified { Facts: var facts }:
                    if (facts.Provider != provider)
                    {
                        throw new InvalidOperationException($"The reader of {provider} says that the notification is of {facts.Provider}, which is answered otherwise. Map an endpoint for each provider.");
                    }

                    // What is begun is finished also where the provider hangs up: it sends it again and hears that it was taken.
                    return (await gate.AcceptAsync(facts, CancellationToken.None).ConfigureAwait(false)).Acknowledgement;
                case NotificationReading.Irrelevant:
                    return Protocol().Taken;
                case NotificationReading.Refused { Reason: var reason }:
                    LogRefused(logger, provider, reason);
                    return Empty(StatusCodes.Status400BadRequest);
                default:
                    throw new InvalidOperationException($"The reader of {provider} gave nothing. Answer with a NotificationReading.");
            }
        }
        catch (BadHttpRequestException e)
        {
            LogRefused(logger, provider, "malformed");
            return Empty(e.StatusCode);
        }
        catch (ArgumentException e)
        {
            // The gate names what is missing in the facts. Nothing is stored; the provider goes on sending while somebody looks.
            LogUnusable(logger, e, provider);
            return Empty(StatusCodes.Status400BadRequest);
        }
        catch (Exception e) when (e is not OperationCanceledException || !context.RequestAborted.IsCancellationRequested)
        {
            LogFailed(logger, e, provider);
            var again = gate.RetryLater(provider);

            // Some providers read the body only; whoever watches the server reads the status.
            return again with { StatusCode = Math.Max(again.StatusCode, StatusCodes.Status503ServiceUnavailable) };
        }

        AcknowledgementProtocol Protocol() =>
            context.RequestServices.GetRequiredService<IOptions<NotificationOptions>>().Value.Protocols.TryGetValue(provider, out var protocol) ? protocol : AcknowledgementProtocol.Plain;
    }

    private static Acknowledgement Empty(int status) => new(status, "text/plain", default);

    [LoggerMessage(4101, LogLevel.Warning, "A callback of {Provider} was refused: {Reason}.")]
    private static partial void LogRefused(ILogger logger, string provider, string reason);

    [LoggerMessage(4102, LogLevel.Error, "A callback of {Provider} was verified and cannot be used.")]
    private static partial void LogUnusable(ILogger logger, Exception exception, string provider);

    [LoggerMessage(4103, LogLevel.Error, "A callback of {Provider} could not be read or made durable; the provider is asked to send it again.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string provider);
}
