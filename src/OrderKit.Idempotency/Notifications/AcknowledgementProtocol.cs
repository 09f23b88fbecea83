namespace OrderKit.Idempotency;

/// <summary>The answers that a provider understands as "taken" and as "send it again".</summary>
/// <param name="Taken">The provider does not send the notification again.</param>
/// <param name="Again">The provider sends the notification again on its own schedule.</param>
public sealed record AcknowledgementProtocol(Acknowledgement Taken, Acknowledgement Again)
{
    private const int Ok = 200;
    private const int Unavailable = 503;

    /// <summary>Alipay reads the body: exactly <c>success</c>, seven characters; after anything else it sends again for 25 hours.</summary>
    public static AcknowledgementProtocol Alipay { get; } = new(
        new Acknowledgement(Ok, "text/plain", "success"u8.ToArray()), new Acknowledgement(Ok, "text/plain", "fail"u8.ToArray()));

    /// <summary>
    /// WeChat Pay (API v3) reads the status: after 200 or 204 it stops, whatever the body says; after another status it sends again for
    /// 24 hours.
    /// </summary>
    public static AcknowledgementProtocol WeChatPay { get; } = new(
        new Acknowledgement(Ok, "application/json", """{"code":"SUCCESS"}"""u8.ToArray()),
        new Acknowledgement(Unavailable, "application/json", """{"code":"FAIL","message":"please send again"}"""u8.ToArray()));

    /// <summary>For providers that read the status.</summary>
    public static AcknowledgementProtocol Plain { get; } = new(
        new Acknowledgement(Ok, "text/plain", default), new Acknowledgement(Unavailable, "text/plain", default));
}
