using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;

namespace OrderKit.AspNetCore;

/// <summary>How an endpoint processes a request once for its <c>Idempotency-Key</c>. Validated when the endpoint is mapped.</summary>
public sealed class IdempotencyKeyOptions
{
    /// <summary>Where the effect is written.</summary>
    /// <value><see cref="IdempotencyMode.Leased"/>.</value>
    public IdempotencyMode Mode { get; set; }

    /// <summary>Whether a request without the header is refused. Without a key, a request may take effect twice.</summary>
    /// <value><see langword="true"/>.</value>
    public bool IsRequired { get; set; } = true;

    /// <summary>The maximum number of characters of a key. Longer keys are refused, never truncated.</summary>
    /// <value>255.</value>
    public int MaxKey { get; set; } = OperationKey.MaxLength;

    /// <summary>How long a response is repeated, and so how long key, fingerprint, status, headers and body are stored.</summary>
    /// <value>24 hours. They are removed within about a minute after that.</value>
    public TimeSpan Retention { get; set; } = TimeSpan.FromHours(24);

    /// <summary>The maximum number of bytes of a request body. The body is held in memory to be compared.</summary>
    /// <value>1 MiB. A larger body is refused with 413.</value>
    public int MaxRequest { get; set; } = 1024 * 1024;

    /// <summary>The maximum number of bytes of a response body. It is stored completely or not at all.</summary>
    /// <value>64 KiB.</value>
    public int MaxResponse { get; set; } = 64 * 1024;

    /// <summary>The response headers that are stored and repeated. The first response has all its headers.</summary>
    /// <value>
    /// Content-Type, Content-Language, Location, ETag and Last-Modified. Set-Cookie is refused: it would give a session to whoever repeats
    /// the key.
    /// </value>
    public ISet<string> ResponseHeaders { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        HeaderNames.ContentType, HeaderNames.ContentLanguage, HeaderNames.Location, HeaderNames.ETag, HeaderNames.LastModified,
    };

    /// <summary>Which responses of the handler are stored, by status. Others are sent and not stored; see <see cref="OnLapse"/>.</summary>
    /// <value>All below 500 except 408, 425 and 429, which ask the caller to retry later.</value>
    public Func<int, bool> Keeps { get; set; } = static status => status < StatusCodes.Status500InternalServerError
        && status is not (StatusCodes.Status408RequestTimeout or 425 or StatusCodes.Status429TooManyRequests);

    /// <summary>How long a leased request may go without renewing its lease before it counts as interrupted.</summary>
    /// <value>30 seconds. It is renewed after each third of that time.</value>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// What happens to a leased request that was interrupted, or whose handler threw or returned 500 or above. It is unknown whether such a
    /// request took effect.
    /// </summary>
    /// <value>
    /// <see cref="LapsePolicy.Hold"/>, for endpoints that move money or goods: the key is refused with 409 until a person decides.
    /// <see cref="LapsePolicy.Retry"/> lets the same key run again, for handlers that may run twice or that pass on their downstream keys.
    /// </value>
    public LapsePolicy OnLapse { get; set; } = LapsePolicy.Hold;

    /// <summary>
    /// Finds out whether an interrupted request took effect, for <see cref="LapsePolicy.Resolve"/>. The content of
    /// <see cref="Resolution.Done"/> comes from <see cref="IdempotentRequest.ResultOf"/>.
    /// </summary>
    public Func<StoredOperation, CancellationToken, Task<Resolution>>? Resolver { get; set; }

    /// <summary>The maximum number of attempts of a leased request.</summary>
    /// <value>5.</value>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>Returns the caller who owns the key; <see langword="null"/> for an unknown caller.</summary>
    /// <value>
    /// Issuer and subject (<c>sub</c>) of an authenticated caller. All unauthenticated callers count as one caller, who shares nothing with
    /// authenticated ones. Whoever guesses one of their keys gets the stored response, so such keys must be random.
    /// </value>
    public Func<HttpContext, string?> Caller { get; set; } = SubjectOf;

    /// <summary>Returns the tenant of a request.</summary>
    /// <value><see cref="TenantId.Default"/>.</value>
    public Func<HttpContext, TenantId> Tenant { get; set; } = static _ => TenantId.Default;

    /// <summary>Returns all faults of the options.</summary>
    internal List<string> Faults()
    {
        var faults = new List<string>();
        if (MaxKey is < 1 or > OperationKey.MaxLength)
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"MaxKey is {MaxKey}; it lies between 1 and {OperationKey.MaxLength}."));
        }

        AtLeastOne(MaxRequest, nameof(MaxRequest));
        AtLeastOne(MaxResponse, nameof(MaxResponse));
        if (Retention <= TimeSpan.Zero)
        {
            faults.Add($"Retention is {Retention}; it must be longer than nothing.");
        }

        foreach (var header in ResponseHeaders.Where(static header => header.StartsWith("Set-Cookie", StringComparison.OrdinalIgnoreCase)))
        {
            faults.Add(
                $"ResponseHeaders has {header}: whoever repeats the key would get the cookie. Remove it; the first response keeps it.");
        }

        if (Mode == IdempotencyMode.Joined && OnLapse != LapsePolicy.Hold)
        {
            faults.Add(
                $"OnLapse is {OnLapse} and Mode is Joined: one commit cannot be interrupted, so there is nothing to decide. "
                + "Do not set OnLapse, or use Leased.");
        }

        faults.AddRange(Policy().Faults());
        return faults;

        void AtLeastOne(int value, string setting)
        {
            if (value < 1)
            {
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"{setting} is {value}; it is at least 1."));
            }
        }
    }

    internal OperationPolicy Policy() => new()
    {
        Lease = Lease,
        SuccessRetention = Retention,
        FailureRetention = Retention,
        MaxAttempts = MaxAttempts,
        OnLapse = OnLapse,
        Resolver = Resolver,
        MaxResult = MaxResponse > int.MaxValue - KeptResponse.MaxHead ? int.MaxValue : MaxResponse + KeptResponse.MaxHead,
    };

    private static string? SubjectOf(HttpContext context)
    {
        if (context.User.Identity is not { IsAuthenticated: true })
        {
            return null;
        }

        return (context.User.FindFirst(ClaimTypes.NameIdentifier) ?? context.User.FindFirst("sub")) is { Value.Length: > 0 } subject
            ? $"{subject.Issuer.Length}:{subject.Issuer}{subject.Value}"
            : throw new InvalidOperationException(
                "The caller is authenticated and has no subject (sub or NameIdentifier), so the owner of the Idempotency-Key is unknown. "
                + "Set IdempotencyKeyOptions.Caller.");
    }
}
