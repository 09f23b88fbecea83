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

/// <summary>Stands before the handler of an endpoint and does each request once for its key.</summary>
/// <remarks>
/// It wraps the whole handler instead of being an endpoint filter: a filter runs when the body has been read already, and before the result
/// is written, so that it sees neither what was asked nor what was answered.
/// </remarks>
internal sealed partial class IdempotencyKeyGate(RequestDelegate handler)
{
    private const string Replayed = "Idempotent-Replayed";

    private static readonly Counter<long> Requests = OrderKitTelemetry.Meter.CreateCounter<long>(
        OrderKitTelemetry.KeyedRequestsCounterName, "{request}", "Requests to endpoints that take an Idempotency-Key.");

    public async Task InvokeAsync(HttpContext context)
    {
        var method = context.Request.Method;
        if (HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method))
        {
            await handler(context).ConfigureAwait(false);
            return;
        }

        // The innermost call of RequireIdempotencyKey is the last one in the metadata.
        var options = context.GetEndpoint()!.Metadata.GetMetadata<IdempotencyKeyMetadata>()!.Options;
        var (key, fault) = IdempotencyKeyHeader.Read(context.Request.Headers[IdempotencyKeyHeader.Name], options.MaxKey);
        if (fault is not null)
        {
            await RefuseAsync(context, new Problem(StatusCodes.Status400BadRequest, "key-malformed", "The Idempotency-Key breaks a rule", fault), "refused").ConfigureAwait(false);
        }
        else if (key is not null)
        {
            await DoOnceAsync(context, key, options).ConfigureAwait(false);
        }
        else if (options.IsRequired)
        {
            await RefuseAsync(
                context,
                new Problem(StatusCodes.Status400BadRequest, "key-missing", "The Idempotency-Key is missing", "Send a header Idempotency-Key: one new random key for each thing that you want done, and the same one whenever you repeat it."),
                "refused").ConfigureAwait(false);
        }
        else
        {
            await DoWithoutKeyAsync(context, options).ConfigureAwait(false);
        }
    }

    private async Task DoOnceAsync(HttpContext context, string key, IdempotencyKeyOptions options)
    {
        var logger = LoggerOf(context);
        var operationKey = new OperationKey(options.Tenant(context), ScopeOf(context, options), key);
        if (context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false })
        {
            await RefuseAsync(
                context,
                new Problem(StatusCodes.Status400BadRequest, "antiforgery-failed", "The token against forgery is missing or wrong", "Load the page again and send the form that it has. Nothing was done."),
                "refused").ConfigureAwait(false);
            return;
        }

        if (await RequestContent.ReadAsync(context.Request, options.MaxRequest, context.RequestAborted).ConfigureAwait(false) is not { } body)
        {
            var detail = string.Create(CultureInfo.InvariantCulture, $"A request with an Idempotency-Key has at most {options.MaxRequest:N0} bytes here, because it is compared when it is repeated. Nothing was done.");
            await RefuseAsync(context, new Problem(StatusCodes.Status413PayloadTooLarge, "request-too-large", "The request is too large", detail), "refused").ConfigureAwait(false);
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
            var detail = options.Mode == IdempotencyMode.Joined ? $"{e.Message} What the handler wrote was rolled back." : $"{e.Message} What the handler did before stands, and the key is held.";
            await RefuseAsync(context, Unkeepable(detail), "unkeepable").ConfigureAwait(false);
        }
        catch (CommitOutcomeUnknownException e)
        {
            LogUnknown(logger, e.InnerException, Hash(key));
            Reset(context.Response, headers);
            var problem = new Problem(StatusCodes.Status503ServiceUnavailable, "outcome-unknown", "Nobody heard whether it was done", "The database was lost while it committed. Repeat the request under the same key: it is done once.") { RetryAfter = TimeSpan.FromSeconds(1) };
            await RefuseAsync(context, problem, "unknown").ConfigureAwait(false);
        }
        catch (OperationLostException)
        {
            LogLost(logger, Hash(key));
            Reset(context.Response, headers);
            var problem = new Problem(StatusCodes.Status409Conflict, "taken-over", "Another process has taken over", "This one was silent for too long. Repeat the request under the same key to hear what came of it.") { RetryAfter = options.Lease };
            await RefuseAsync(context, problem, "lost").ConfigureAwait(false);
        }
    }

    // Once begun, a request is finished also where its caller hangs up: the answer waits for the repeat. A lost lease still cancels it.
    private async Task<OperationOutcome<KeptResponse>> RunAsync(HttpContext context, OperationKey key, Fingerprint fingerprint, IdempotencyKeyOptions options)
    {
        context.RequestAborted.ThrowIfCancellationRequested();
        var operations = context.RequestServices.GetRequiredService<Operations>();
        if (options.Mode == IdempotencyMode.Joined)
        {
            return await operations.RunAsync(
                key, fingerprint, KeptResponse.Codec, (operation, token) => HandleAsync(context, IdempotentRequest.Joined(operation), options, token), options.Policy(), CancellationToken.None).ConfigureAwait(false);
        }

        IdempotentRequest? request = null;
        var lease = CancellationToken.None;
        var policy = options.Policy() with
        {
            // Any other exception may have come after the effect, whatever its type.
            IsAmbiguous = e => request is not { SaysNothingHappened: true } && e is not NotKeptException { Response.Status: < StatusCodes.Status500InternalServerError },
        };
        try
        {
            return await operations.RunLeasedAsync(
                key, fingerprint, KeptResponse.Codec, (operation, token) => HandleAsync(context, request = IdempotentRequest.Leased(operation), options, lease = token), policy, CancellationToken.None).ConfigureAwait(false);
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
        var unit = await context.RequestServices.GetRequiredService<IUnitOfWorkFactory>().BeginAsync(context.RequestAborted).ConfigureAwait(false);
        await using (unit.ConfigureAwait(false))
        {
            try
            {
                unit.IsLent = true;
                body = (await HandleAsync(context, IdempotentRequest.WithoutKey(unit), options, context.RequestAborted).ConfigureAwait(false)).Body;
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

    private async Task<KeptResponse> HandleAsync(HttpContext context, IdempotentRequest request, IdempotencyKeyOptions options, CancellationToken token)
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
                    CultureInfo.InvariantCulture, $"The answer of this endpoint cannot be kept for its Idempotency-Key, because the headers that are kept have more than {KeptResponse.MaxHead:N0} bytes. Shorten them, or keep fewer in IdempotencyKeyOptions.ResponseHeaders."));
            }

            return options.Mode == IdempotencyMode.Joined && status is >= 200 and < 300 && !request.WasJoined
                ? throw new InvalidOperationException(
                    "The endpoint is joined, and its handler never asked for the unit of work, so what it did is no part of the commit. Take an IdempotentRequest and write in its UnitOfWork, or map the endpoint as Leased. Nothing was kept.")
                : response;
        }
    }

    private static async Task AnswerAsync(HttpContext context, OperationOutcome<KeptResponse> outcome, string key, ILogger logger)
    {
        switch (outcome)
        {
            case OperationOutcome<KeptResponse>.Executed executed:
                Count("executed");
                await SendAsync(context, executed.Result.Body).ConfigureAwait(false);
                break;
            case OperationOutcome<KeptResponse>.Replayed replayed:
                Count("replayed");
                LogReplayed(logger, Hash(key));
                context.Response.StatusCode = replayed.Result.Status;
                foreach (var header in replayed.Result.Headers.GroupBy(static header => header.Name, static header => header.Value, StringComparer.OrdinalIgnoreCase))
                {
                    // Middleware may have set it already, as it had when the answer was kept.
                    context.Response.Headers[header.Key] = header.ToArray();
                }

                context.Response.Headers[Replayed] = "true";
                await SendAsync(context, replayed.Result.Body).ConfigureAwait(false);
                break;
            case OperationOutcome<KeptResponse>.Running running:
                await RefuseAsync(
                    context,
                    new Problem(StatusCodes.Status409Conflict, "running", "It is being done", "A request with this Idempotency-Key has not ended yet. Repeat yours in a while, under the same key, to hear what came of it.") { RetryAfter = running.RetryAfter },
                    "running").ConfigureAwait(false);
                break;
            case OperationOutcome<KeptResponse>.Mismatch mismatch:
                await RefuseAsync(
                    context,
                    new Problem(StatusCodes.Status422UnprocessableEntity, "key-reused", "Another request has this Idempotency-Key", $"It was sent before with another {string.Join(", ", mismatch.Fields)}. Use a new key for a new request. Nothing was done.") { Fields = mismatch.Fields },
                    "mismatch").ConfigureAwait(false);
                break;
            case OperationOutcome<KeptResponse>.Failed failed:
                await RefuseAsync(
                    context,
                    new Problem(StatusCodes.Status409Conflict, "failed", "It failed for good", failed.FailedAt is null ? failed.Error : "A request with this Idempotency-Key failed for good. Use a new key to try again."),
                    "failed").ConfigureAwait(false);
                break;
            default:
                // Not 503: clients and proxies repeat that by themselves, and nothing comes of it before somebody has looked.
                LogHeld(logger, Hash(key));
                await RefuseAsync(
                    context,
                    new Problem(StatusCodes.Status409Conflict, "held", "Nobody knows whether it was done", "A request with this Idempotency-Key was interrupted, and is not done again before somebody has found out. Ask us, or look whether it took effect; do not send it under a new key before."),
                    "held").ConfigureAwait(false);
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

    private static async Task RefuseAsync(HttpContext context, Problem problem, string outcome)
    {
        Count(outcome);
        await problem.WriteAsync(context.Response).ConfigureAwait(false);
    }

    private static ILogger LoggerOf(HttpContext context) => context.RequestServices.GetService<ILogger<IdempotencyKeyGate>>() ?? (ILogger)NullLogger.Instance;

    private static Problem Unkeepable(string detail) => new(StatusCodes.Status500InternalServerError, "response-unkeepable", "The answer cannot be kept", detail);

    // What the handler put there goes; what was there before it stays.
    private static void Reset(HttpResponse response, KeyValuePair<string, StringValues>[] headers)
    {
        response.Headers.Clear();
        foreach (var (name, value) in headers)
        {
            response.Headers[name] = value;
        }
    }

    // The caller only as a digest: a subject may be an address, and nobody needs to read it here.
    private static string ScopeOf(HttpContext context, IdempotencyKeyOptions options)
    {
        var caller = options.Caller(context);
        var who = caller switch
        {
            null => "anonymous",
            "" => throw new InvalidOperationException("IdempotencyKeyOptions.Caller gave an empty text. Give an id, or null for nobody in particular."),
            _ => $"caller-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(caller)).AsSpan(0, 16))}",
        };
        var scope = $"http:{HttpMethods.GetCanonicalizedValue(context.Request.Method)} {(context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? context.Request.Path.Value}:{who}";
        return OperationKey.FaultOf(scope) is { } fault
            ? throw new InvalidOperationException($"The route of this endpoint cannot be part of a key: {fault}. Give it a shorter pattern.")
            : scope;
    }

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 8));

    private static void Count(string outcome) => Requests.Add(1, new KeyValuePair<string, object?>(OrderKitTelemetry.OutcomeTag, outcome));

    [LoggerMessage(4001, LogLevel.Debug, "A request was answered again; its key hashes to {KeyHash}.")]
    private static partial void LogReplayed(ILogger logger, string keyHash);

    [LoggerMessage(4002, LogLevel.Information, "An answer with {Status} was sent and not kept; its key hashes to {KeyHash}.")]
    private static partial void LogNotKept(ILogger logger, int status, string keyHash);

    [LoggerMessage(4003, LogLevel.Warning, "A request is held: it was interrupted, and nobody has said whether it took effect; its key hashes to {KeyHash}.")]
    private static partial void LogHeld(ILogger logger, string keyHash);

    [LoggerMessage(4004, LogLevel.Error, "The answer of {Endpoint} cannot be kept; its key hashes to {KeyHash}.")]
    private static partial void LogUnkeepable(ILogger logger, Exception exception, string? endpoint, string keyHash);

    // The exceptions of an operation name its key: they are not logged, but what caused them is.
    [LoggerMessage(4005, LogLevel.Warning, "Nobody heard whether a request was committed; its key hashes to {KeyHash}.")]
    private static partial void LogUnknown(ILogger logger, Exception? cause, string keyHash);

    [LoggerMessage(4006, LogLevel.Warning, "A request lost its lease while it was handled; its key hashes to {KeyHash}.")]
    private static partial void LogLost(ILogger logger, string keyHash);
}
