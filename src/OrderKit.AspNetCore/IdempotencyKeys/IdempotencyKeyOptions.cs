using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;

namespace OrderKit.AspNetCore;

/// <summary>How an endpoint does a request once for its <c>Idempotency-Key</c>. Checked when the endpoint is mapped.</summary>
public sealed class IdempotencyKeyOptions
{
    /// <summary>Where the effect lies.</summary>
    /// <value><see cref="IdempotencyMode.Leased"/>.</value>
    public IdempotencyMode Mode { get; set; }

    /// <summary>Whether a request without the header is refused. One that is let through may take effect twice.</summary>
    /// <value><see langword="true"/>.</value>
    public bool IsRequired { get; set; } = true;

    /// <summary>How many characters a key may have. Longer ones are refused, never cut.</summary>
    /// <value>255.</value>
    public int MaxKey { get; set; } = OperationKey.MaxLength;

    /// <summary>How long an answer is given again, and so for how long key, fingerprint, status, headers and body are kept.</summary>
    /// <value>24 hours. The sweeper removes them within a minute or so after.</value>
    public TimeSpan Retention { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How many bytes a request may have: they are held in memory to be compared.</summary>
    /// <value>1 MiB; more is answered with 413.</value>
    public int MaxRequest { get; set; } = 1024 * 1024;

    /// <summary>How many bytes the body of an answer may have: it is kept whole or not at all.</summary>
    /// <value>64 KiB.</value>
    public int MaxResponse { get; set; } = 64 * 1024;

    /// <summary>Which headers of the answer are kept and given again. The first answer has all of them.</summary>
    /// <value>Content-Type, Content-Language, Location, ETag and Last-Modified. Set-Cookie is refused: it would hand a session to whoever repeats the key.</value>
    public ISet<string> ResponseHeaders { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        HeaderNames.ContentType, HeaderNames.ContentLanguage, HeaderNames.Location, HeaderNames.ETag, HeaderNames.LastModified,
    };

    /// <summary>Which answers of the handler are kept, by status. Others are sent and forgotten: see <see cref="OnLapse"/>.</summary>
    /// <value>All below 500 except 408, 425 and 429, which say "again later".</value>
    public Func<int, bool> Keeps { get; set; } = static status => status < StatusCodes.Status500InternalServerError
        && status is not (StatusCodes.Status408RequestTimeout or 425 or StatusCodes.Status429TooManyRequests);

    /// <summary>How long the process of a leased request may be silent before its operation counts as interrupted.</summary>
    /// <value>30 seconds; it is renewed after each third.</value>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What is done about a leased request that was interrupted, or whose handler threw or answered with 500 or above: nobody knows whether it took effect.</summary>
    /// <value>
    /// <see cref="LapsePolicy.Hold"/>, for endpoints that move money or goods: the key is answered with 409 until somebody says what became of it.
    /// <see cref="LapsePolicy.Retry"/> lets the same key run again: for handlers that may run twice, or that repeat their downstream keys.
    /// </value>
    public LapsePolicy OnLapse { get; set; } = LapsePolicy.Hold;

    /// <summary>Asks whether an interrupted request took effect; for <see cref="LapsePolicy.Resolve"/>. Answer <see cref="Resolution.Done"/> with <see cref="IdempotentRequest.ResultOf"/>.</summary>
    public Func<StoredOperation, CancellationToken, Task<Resolution>>? Resolver { get; set; }

    /// <summary>How often a leased request is begun.</summary>
    /// <value>5.</value>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>Whose key it is; <see langword="null"/> for nobody in particular.</summary>
    /// <value>
    /// Issuer and subject (<c>sub</c>) of an authenticated caller. All callers without authentication are one caller, who shares nothing with
    /// the authenticated ones: whoever guesses a key of theirs is told their answer, so such keys must be random.
    /// </value>
    public Func<HttpContext, string?> Caller { get; set; } = SubjectOf;

    /// <summary>The tenant.</summary>
    /// <value><see cref="TenantId.Default"/>.</value>
    public Func<HttpContext, TenantId> Tenant { get; set; } = static _ => TenantId.Default;

    /// <summary>What is wrong with them; empty where nothing is.</summary>
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
            faults.Add($"ResponseHeaders has {header}: a cookie would be handed to whoever repeats the key. Remove it; the first answer has its cookies all the same.");
        }

        if (Mode == IdempotencyMode.Joined && OnLapse != LapsePolicy.Hold)
        {
            faults.Add($"OnLapse is {OnLapse} and Mode is Joined: one commit cannot be interrupted, so there is nothing to decide. Leave OnLapse alone, or use Leased.");
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
                "The caller is authenticated and has no subject (sub or NameIdentifier), so nobody knows whose Idempotency-Key this is. Set IdempotencyKeyOptions.Caller.");
    }
}
