using System.Diagnostics.Metrics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Primitives;
using OrderKit.Core;
using OrderKit.Idempotency;

namespace OrderKit.AspNetCore;

/// <summary>Wraps the handler of an endpoint, so that each request is processed once for its key.</summary>
/// <remarks>
/// It wraps the whole handler. An endpoint filter would run after the body was read and before the result is written, so it would see
/// neither the request nor the response.
/// </remarks>
internal sealed partial class IdempotencyKeyGate(RequestDelegate handler)
{
    private const string Replayed = "Idempotent-Replayed";

    private static readonly Counter<long> Requests = OrderKitTelemetry.Meter.CreateCounter<long>(
        OrderKitTelemetry.KeyedRequestsCounterName, "{request}", "Requests to endpoints that take an Idempotency-Key.");

    public async Task InvokeAsync(HttpContext context)
    {
        if (IsSafe(context.Request.Method))
        {
            await handler(context).ConfigureAwait(false);
            return;
        }

        // The innermost call of RequireIdempotencyKey is the last one in the metadata.
        var options = context.GetEndpoint()!.Metadata.GetMetadata<IdempotencyKeyMetadata>()!.Options;
        var (key, fault) = IdempotencyKeyHeader.Read(context.Request.Headers[IdempotencyKeyHeader.Name], options.MaxKey);
        if (fault is not null)
        {
            await RefuseAsync(context, "refused", new Problem(
                StatusCodes.Status400BadRequest, "key-malformed", "The Idempotency-Key breaks a rule", fault)).ConfigureAwait(false);
        }
        else if (key is not null)
        {
            await DoOnceAsync(context, key, options).ConfigureAwait(false);
        }
        else if (options.IsRequired)
        {
            await RefuseAsync(context, "refused", new Problem(
                StatusCodes.Status400BadRequest, "key-missing", "The Idempotency-Key is missing",
                "Send a header Idempotency-Key: a new random key for each new request, and the same key whenever you repeat it."))
                .ConfigureAwait(false);
        }
        else
        {
            await DoWithoutKeyAsync(context, options).ConfigureAwait(false);
        }
    }

    /// <summary>Whether requests of a method have no effect, and so need no key.</summary>
    public static bool IsSafe(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);

    private async Task DoOnceAsync(HttpContext context, string key, IdempotencyKeyOptions options)
    {
        var logger = LoggerOf(context);
        var caller = options.Caller(context);
        if (caller is not null && !WellFormedText.IsText(caller))
        {
            await RefuseAsync(context, "refused", Problem.TextMalformed("name of the caller")).ConfigureAwait(false);
            return;
        }

        var operationKey = new OperationKey(options.Tenant(context), ScopeOf(context, caller), key);
        if (context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false })
        {
            await RefuseAsync(context, "refused", new Problem(
                StatusCodes.Status400BadRequest, "antiforgery-failed", "The anti-forgery token is missing or wrong",
                "Load the page again and send its form. Nothing was done.")).ConfigureAwait(false);
            return;
        }

        var (body, refusal, fault) = context.Features.Get<RecordedBody>() is { } record
            ? await record.CompleteAsync(options.MaxRequest, context.RequestAborted).ConfigureAwait(false)
            : (default, Problem.BodyUnavailable, null);
        if (refusal is { Status: >= StatusCodes.Status500InternalServerError })
        {
            LogBodyUnavailable(logger, fault, context.GetEndpoint()?.DisplayName, Hash(key));
        }

        if (refusal is null && RequestContent.MalformedPartOf(context.Request, body.Span) is { } part)
        {
            refusal = Problem.TextMalformed(part);
        }

        if (refusal is not null)
        {
            await RefuseAsync(context, "refused", refusal).ConfigureAwait(false);
            return;
        }

        var fingerprint = RequestContent.FingerprintOf(context.Request, body);
        var headers = context.Response.Headers.ToArray();
        try
        {
            var outcome = await RunAsync(context, operationKey, fingerprint, options).ConfigureAwait(false);
            await AnswerAsync(context, outcome, key, logger).ConfigureAwait(false);
        }
        catch (NotKeptException e)
        {
            Count("not-kept");
            LogNotKept(logger, e.Response.Status, Hash(key));
            await SendAsync(context, e.Response.Body).ConfigureAwait(false);
        }
        catch (UnkeepableResponseException e)
        {
            LogUnkeepable(logger, e, context.GetEndpoint()?.DisplayName, Hash(key));
            Reset(context.Response, headers);
            var rest = options.Mode == IdempotencyMode.Joined
                ? "What the handler wrote was rolled back."
                : "What the handler did is not undone, and the key is held.";
            await RefuseAsync(context, "unkeepable", Unkeepable($"{e.Message} {rest}")).ConfigureAwait(false);
        }
        catch (CommitOutcomeUnknownException e)
        {
            LogUnknown(logger, e.InnerException, Hash(key));
            Reset(context.Response, headers);
            await RefuseAsync(context, "unknown", new Problem(
                StatusCodes.Status503ServiceUnavailable, "outcome-unknown", "The outcome is unknown",
                "The database connection was lost during the commit. Repeat the request under the same key: it takes effect once.",
                TimeSpan.FromSeconds(1))).ConfigureAwait(false);
        }
        catch (OperationLostException)
        {
            LogLost(logger, Hash(key));
            Reset(context.Response, headers);
            await RefuseAsync(context, "lost", new Problem(
                StatusCodes.Status409Conflict, "taken-over", "Another process has taken over",
                "This process did not renew its lease in time. Repeat the request under the same key to get the outcome.",
                options.Lease)).ConfigureAwait(false);
        }
    }

    // A request that has started is completed even if its caller disconnects, so that a repeat gets the response. A lost lease cancels it.
    private async Task<OperationOutcome<KeptResponse>> RunAsync(
        HttpContext context, OperationKey key, Fingerprint fingerprint, IdempotencyKeyOptions options)
    {
        context.RequestAborted.ThrowIfCancellationRequested();
        var operations = context.RequestServices.GetRequiredService<Operations>();
        if (options.Mode == IdempotencyMode.Joined)
        {
            return await operations.RunAsync(
                key,
                fingerprint,
                KeptResponse.Codec,
                (operation, token) => HandleAsync(context, IdempotentRequest.Joined(operation), options, token),
                options.Policy(),
                CancellationToken.None).ConfigureAwait(false);
        }

        IdempotentRequest? request = null;
        var lease = CancellationToken.None;
        var policy = options.Policy() with
        {
            // Any other exception may have been thrown after the effect, whatever its type.
            IsAmbiguous = e => request is not { SaysNothingHappened: true }
                && e is not NotKeptException { Response.Status: < StatusCodes.Status500InternalServerError },
        };
        try
        {
            return await operations.RunLeasedAsync(
                key,
                fingerprint,
                KeptResponse.Codec,
                (operation, token) => HandleAsync(context, request = IdempotentRequest.Leased(operation), options, lease = token),
                policy,
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (lease.IsCancellationRequested)
        {
            throw new OperationLostException("The lease could not be renewed, and the handler stopped.", e);
        }
    }

    private async Task DoWithoutKeyAsync(HttpContext context, IdempotencyKeyOptions options)
    {
        Count("no-key");
        if (options.Mode == IdempotencyMode.Leased)
        {
            context.Features.Set(IdempotentRequest.WithoutKey(null));
            await handler(context).ConfigureAwait(false);
            return;
        }

        ReadOnlyMemory<byte> body = default;
        Problem? problem = null;
        var headers = context.Response.Headers.ToArray();
        var units = context.RequestServices.GetRequiredService<IUnitOfWorkFactory>();
        var unit = await units.BeginAsync(context.RequestAborted).ConfigureAwait(false);
        await using (unit.ConfigureAwait(false))
        {
            try
            {
                unit.IsLent = true;
                var request = IdempotentRequest.WithoutKey(unit);
                body = (await HandleAsync(context, request, options, context.RequestAborted).ConfigureAwait(false)).Body;
                unit.IsLent = false;
                await unit.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (NotKeptException e)
            {
                body = e.Response.Body;
            }
            catch (UnkeepableResponseException e)
            {
                LogUnkeepable(LoggerOf(context), e, context.GetEndpoint()?.DisplayName, "none");
                Reset(context.Response, headers);
                problem = Unkeepable($"{e.Message} What the handler wrote was rolled back.");
            }
        }

        await (problem is null ? SendAsync(context, body) : problem.WriteAsync(context.Response)).ConfigureAwait(false);
    }

    private async Task<KeptResponse> HandleAsync(
        HttpContext context, IdempotentRequest request, IdempotencyKeyOptions options, CancellationToken token)
    {
        var (connection, aborted) = (context.Features.GetRequiredFeature<IHttpResponseBodyFeature>(), context.RequestAborted);
        var captured = new CapturedBody(context.Response, options.MaxResponse);
        await using (captured.ConfigureAwait(false))
        {
            context.Features.Set<IHttpResponseBodyFeature>(captured);
            context.Features.Set(request);
            context.RequestAborted = token;
            try
            {
                await handler(context).ConfigureAwait(false);
                await captured.CompleteAsync().ConfigureAwait(false);
            }
            finally
            {
                context.RequestAborted = aborted;
                context.Features.Set<IdempotentRequest>(null);
                context.Features.Set(connection);
            }

            if (captured.Refusal is { } refusal)
            {
                throw refusal;
            }

            var status = context.Response.StatusCode;
            var response = KeptResponse.Of(context.Response, options.ResponseHeaders, captured.Bytes);
            if (!options.Keeps(status))
            {
                throw new NotKeptException(response);
            }

            if (response.HeadBytes > KeptResponse.MaxHead)
            {
                throw new UnkeepableResponseException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The response of this endpoint cannot be stored for its Idempotency-Key, because its stored headers have more than "
                    + $"{KeptResponse.MaxHead:N0} bytes. Shorten them, or store fewer in IdempotencyKeyOptions.ResponseHeaders."));
            }

            return options.Mode == IdempotencyMode.Joined && status is >= 200 and < 300 && !request.WasJoined
                ? throw new InvalidOperationException(
                    "The endpoint is joined, and its handler never asked for the unit of work, so its effect is not part of the commit. "
                    + "Take an IdempotentRequest and write in its UnitOfWork, or map the endpoint as Leased. Nothing was stored.")
                : response;
        }
    }

    private static async Task AnswerAsync(HttpContext context, OperationOutcome<KeptResponse> outcome, string key, ILogger logger)
    {
        switch (outcome)
        {
            case OperationOutcome<KeptResponse>.Applied executed:
                Count("executed");
                await SendAsync(context, executed.Result.Body).ConfigureAwait(false);
                break;
            case OperationOutcome<KeptResponse>.Duplicate replayed:
                Count("replayed");
                LogReplayed(logger, Hash(key));
                context.Response.StatusCode = replayed.Result.Status;
                var stored = replayed.Result.Headers.GroupBy(
                    static header => header.Name, static header => header.Value, StringComparer.OrdinalIgnoreCase);
                foreach (var header in stored)
                {
                    // Middleware may have set it already, as it did for the first request.
                    context.Response.Headers[header.Key] = header.ToArray();
                }

                context.Response.Headers[Replayed] = "true";
                await SendAsync(context, replayed.Result.Body).ConfigureAwait(false);
                break;
            case OperationOutcome<KeptResponse>.Running running:
                await RefuseAsync(context, "running", new Problem(
                    StatusCodes.Status409Conflict, "running", "The request is running",
                    "A request with this Idempotency-Key has not ended yet. Repeat the request later under the same key.",
                    running.RetryAfter)).ConfigureAwait(false);
                break;
            case OperationOutcome<KeptResponse>.Mismatch mismatch:
                await RefuseAsync(context, "mismatch", new Problem(
                    StatusCodes.Status422UnprocessableEntity, "key-reused", "Another request has this Idempotency-Key",
                    $"The first request with it differs in {string.Join(", ", mismatch.Fields)}. Use a new key. Nothing was done.")
                {
                    Fields = mismatch.Fields,
                }).ConfigureAwait(false);
                break;
            case OperationOutcome<KeptResponse>.Failed failed:
                var error = failed.FailedAt is null
                    ? failed.Error
                    : "A request with this Idempotency-Key failed and is not retried. Use a new key to try again.";
                await RefuseAsync(context, "failed", new Problem(
                    StatusCodes.Status409Conflict, "failed", "The request failed", error)).ConfigureAwait(false);
                break;
            default:
                // Not 503: clients and proxies retry that on their own, and no retry helps before a person has decided.
                LogHeld(logger, Hash(key));
                await RefuseAsync(context, "held", new Problem(
                    StatusCodes.Status409Conflict, "held", "The outcome is unknown",
                    "A request with this Idempotency-Key was interrupted, and waits for a person to decide. Ask us, or check whether "
                    + "it took effect, before you send it under a new key.")).ConfigureAwait(false);
                break;
        }
    }

    private static async Task SendAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            return;
        }

        context.Response.ContentLength ??= body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task RefuseAsync(HttpContext context, string outcome, Problem problem)
    {
        Count(outcome);
        await problem.WriteAsync(context.Response).ConfigureAwait(false);
    }

    private static ILogger LoggerOf(HttpContext context) =>
        context.RequestServices.GetService<ILogger<IdempotencyKeyGate>>() ?? (ILogger)NullLogger.Instance;

    private static Problem Unkeepable(string detail) =>
        new(StatusCodes.Status500InternalServerError, "response-unkeepable", "The response cannot be stored", detail);

    // Removes the headers that the handler set, and restores those that were there before it.
    private static void Reset(HttpResponse response, KeyValuePair<string, StringValues>[] headers)
    {
        response.Headers.Clear();
        foreach (var (name, value) in headers)
        {
            response.Headers[name] = value;
        }
    }

    // The caller is stored as a digest only: a subject may be a mail address.
    private static string ScopeOf(HttpContext context, string? caller)
    {
        var who = caller switch
        {
            null => "anonymous",
            "" => throw new InvalidOperationException(
                "IdempotencyKeyOptions.Caller returned an empty text. Return an id, or null for an unknown caller."),
            _ => $"caller-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(caller)).AsSpan(0, 16))}",
        };
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? context.Request.Path.Value;
        var scope = $"http:{HttpMethods.GetCanonicalizedValue(context.Request.Method)} {route}:{who}";
        return OperationKey.FaultOf(scope) is { } fault
            ? throw new InvalidOperationException($"The route '{route}' cannot be part of a key: {fault}. Use a shorter pattern.")
            : scope;
    }

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 8));

    private static void Count(string outcome) => Requests.Add(1, new KeyValuePair<string, object?>(OrderKitTelemetry.OutcomeTag, outcome));

    [LoggerMessage(4001, LogLevel.Debug, "A stored response was repeated; its key hashes to {KeyHash}.")]
    private static partial void LogReplayed(ILogger logger, string keyHash);

    [LoggerMessage(4002, LogLevel.Information, "A response with {Status} was sent and not stored; its key hashes to {KeyHash}.")]
    private static partial void LogNotKept(ILogger logger, int status, string keyHash);

    [LoggerMessage(4003, LogLevel.Warning, "A request is held, because its outcome is unknown; its key hashes to {KeyHash}.")]
    private static partial void LogHeld(ILogger logger, string keyHash);

    [LoggerMessage(4004, LogLevel.Error, "The response of {Endpoint} cannot be stored; its key hashes to {KeyHash}.")]
    private static partial void LogUnkeepable(ILogger logger, Exception exception, string? endpoint, string keyHash);

    // The exception of an operation names its key, so only its cause is logged.
    [LoggerMessage(4005, LogLevel.Warning, "The commit of a request has an unknown outcome; its key hashes to {KeyHash}.")]
    private static partial void LogUnknown(ILogger logger, Exception? cause, string keyHash);

    [LoggerMessage(4006, LogLevel.Warning, "A request lost its lease while it ran; its key hashes to {KeyHash}.")]
    private static partial void LogLost(ILogger logger, string keyHash);

    [LoggerMessage(
        4007,
        LogLevel.Error,
        "A request to {Endpoint} was refused, because its whole body is not available; its key hashes to {KeyHash}. Middleware set the "
        + "header Idempotency-Key itself, failed while it read the body, or read more than 1 MiB before routing.")]
    private static partial void LogBodyUnavailable(ILogger logger, Exception? exception, string? endpoint, string keyHash);
}
