using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrderKit.Idempotency;

namespace OrderKit.AspNetCore;

/// <summary>Handles the callbacks of one provider.</summary>
internal sealed partial class NotificationEndpoint(string provider, NotificationReader read)
{
    /// <summary>Callbacks of Alipay and WeChat Pay have a few kilobytes.</summary>
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
            var record = context.Features.Get<RecordedBody>() ?? RecordedBody.Install(context);
            var (body, problem, fault) = await record.CompleteAsync(MaxBody, context.RequestAborted).ConfigureAwait(false);
            if (problem is not null)
            {
                if (problem.Status >= StatusCodes.Status500InternalServerError)
                {
                    throw new InvalidOperationException(problem.Title, fault);
                }

                LogRefused(logger, provider, problem.Code);
                return Empty(problem.Status);
            }

            switch (await read(context, body, context.RequestAborted).ConfigureAwait(false))
            {
                case NotificationReading.Verified { Facts: var facts }:
                    if (facts.Provider != provider)
                    {
                        throw new InvalidOperationException(
                            $"The reader of {provider} returned a notification of {facts.Provider}, which is acknowledged differently. "
                            + "Map an endpoint for each provider.");
                    }

                    // Completed even if the provider disconnects: it sends the callback again and gets the acknowledgement then.
                    return (await gate.AcceptAsync(facts, CancellationToken.None).ConfigureAwait(false)).Acknowledgement;
                case NotificationReading.Irrelevant:
                    return Protocol().Taken;
                case NotificationReading.Refused { Reason: var reason }:
                    LogRefused(logger, provider, reason);
                    return Empty(StatusCodes.Status400BadRequest);
                default:
                    throw new InvalidOperationException($"The reader of {provider} returned null. Return a NotificationReading.");
            }
        }
        catch (BadHttpRequestException e)
        {
            LogRefused(logger, provider, "malformed");
            return Empty(e.StatusCode);
        }
        catch (ArgumentException e)
        {
            // The gate names what is missing in the facts. Nothing is stored, and the provider keeps sending the callback.
            LogUnusable(logger, e, provider);
            return Empty(StatusCodes.Status400BadRequest);
        }
        catch (Exception e) when (e is not OperationCanceledException || !context.RequestAborted.IsCancellationRequested)
        {
            LogFailed(logger, e, provider);
            var again = gate.RetryLater(provider);

            // Some providers read the body only; monitoring reads the status.
            return again with { StatusCode = Math.Max(again.StatusCode, StatusCodes.Status503ServiceUnavailable) };
        }

        AcknowledgementProtocol Protocol()
        {
            var options = context.RequestServices.GetRequiredService<IOptions<NotificationOptions>>().Value;
            return options.Protocols.TryGetValue(provider, out var protocol) ? protocol : AcknowledgementProtocol.Plain;
        }
    }

    private static Acknowledgement Empty(int status) => new(status, "text/plain", default);

    [LoggerMessage(4101, LogLevel.Warning, "A callback of {Provider} was refused: {Reason}.")]
    private static partial void LogRefused(ILogger logger, string provider, string reason);

    [LoggerMessage(4102, LogLevel.Error, "A callback of {Provider} was verified and cannot be used.")]
    private static partial void LogUnusable(ILogger logger, Exception exception, string provider);

    [LoggerMessage(4103, LogLevel.Error, "A callback of {Provider} could not be read or stored; the provider is asked to send it again.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string provider);
}
