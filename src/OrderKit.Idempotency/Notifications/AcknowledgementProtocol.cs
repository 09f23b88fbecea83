namespace OrderKit.Idempotency;

/// <summary>What a provider understands as "taken" and as "send it again".</summary>
/// <param name="Taken">It sends the notification no more.</param>
/// <param name="Again">It sends the notification again by its own schedule.</param>
public sealed record AcknowledgementProtocol(Acknowledgement Taken, Acknowledgement Again)
{
    private const int Ok = 200;
    private const int Unavailable = 503;

    /// <summary>Alipay reads the body: exactly <c>success</c>, seven characters; anything else has it sent again for 25 hours.</summary>
    public static AcknowledgementProtocol Alipay { get; } = new(
        new Acknowledgement(Ok, "text/plain", "success"u8.ToArray()), new Acknowledgement(Ok, "text/plain", "fail"u8.ToArray()));

    /// <summary>WeChat Pay (API v3) reads the status: 200 or 204 ends it, whatever the body says; another one has it sent again for 24 hours.</summary>
    public static AcknowledgementProtocol WeChatPay { get; } = new(
        new Acknowledgement(Ok, "application/json", """{"code":"SUCCESS"}"""u8.ToArray()),
        new Acknowledgement(Unavailable, "application/json", """{"code":"FAIL","message":"please send again"}"""u8.ToArray()));

    /// <summary>For providers that read the status.</summary>
    public static AcknowledgementProtocol Plain { get; } = new(
        new Acknowledgement(Ok, "text/plain", default), new Acknowledgement(Unavailable, "text/plain", default));
}
