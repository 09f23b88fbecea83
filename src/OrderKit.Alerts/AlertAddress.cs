namespace OrderKit.Messaging;

/// <summary>Where alerts are posted to.</summary>
internal static class AlertAddress
{
    /// <summary>What a receiver answers is a code and a sentence.</summary>
    private const int LongestAnswer = 64 * 1024;

    /// <summary>Nobody who receives puts an alert off for longer: it would be told, or given up, too late.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    public static bool IsSafe(Uri? address) =>
        address is { IsAbsoluteUri: true } && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));

    /// <summary>A client for one address. It follows nobody elsewhere: what it posts is signed for this receiver, or has its key in the address.</summary>
    public static HttpClient NewClient(TimeSpan timeout) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            Timeout = timeout, MaxResponseContentBufferSize = LongestAnswer,
        };

    /// <summary>Throws what the pump understands: when to come back, or what the receiver said.</summary>
    public static void RequireSuccess(HttpResponseMessage answer, TimeProvider time)
    {
        if (answer.IsSuccessStatusCode)
        {
            return;
        }

        var pause = answer.Headers.RetryAfter is not { } later ? null : later.Delta ?? (later.Date - time.GetUtcNow());
        throw pause > TimeSpan.Zero
            ? new RetryLaterException(pause < LongestPause ? pause.Value : LongestPause)
            : new HttpRequestException($"The receiver answered with {(int)answer.StatusCode}.", inner: null, answer.StatusCode);
    }
}
