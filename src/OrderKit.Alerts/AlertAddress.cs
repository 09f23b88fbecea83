using OrderKit.Messaging;

namespace OrderKit.Alerts;

/// <summary>HTTP rules of the sinks that post alerts.</summary>
internal static class AlertAddress
{
    /// <summary>The longest response that is read. A receiver responds with a code and a short text.</summary>
    private const int MaxResponse = 64 * 1024;

    /// <summary>The longest Retry-After that is followed, so that an alert is neither late nor given up.</summary>
    private static readonly TimeSpan MaxDelay = TimeSpan.FromHours(1);

    /// <summary>Whether an address uses https, or http on this machine.</summary>
    public static bool IsSafe(Uri? address) => address is { IsAbsoluteUri: true }
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));

    /// <summary>Creates a client that follows no redirects: a post is signed for one receiver, or has a key in its address.</summary>
    public static HttpClient NewClient(TimeSpan timeout) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            Timeout = timeout, MaxResponseContentBufferSize = MaxResponse,
        };

    /// <summary>Throws for a failure: <see cref="RetryLaterException"/> where the receiver says when to retry.</summary>
    public static void RequireSuccess(HttpResponseMessage response, TimeProvider time)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        var delay = response.Headers.RetryAfter is not { } later ? null : later.Delta ?? (later.Date - time.GetUtcNow());
        throw delay > TimeSpan.Zero
            ? new RetryLaterException(delay < MaxDelay ? delay.Value : MaxDelay)
            : new HttpRequestException($"The receiver responded with {(int)response.StatusCode}.", inner: null, response.StatusCode);
    }
}
