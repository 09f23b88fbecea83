using System.Globalization;

namespace OrderKit.Simulation;

/// <summary>A payment provider: when it sends a notification again, and which answer ends it.</summary>
/// <remarks>
/// Pauses and acknowledgements are those that the providers publish; of Alipay's first pause, 4 minutes on the open platform, a page for
/// merchants abroad says 2. Immutable.
/// </remarks>
public sealed class PaymentProvider
{
    private const int Ok = 200;
    private const int NoContent = 204;

    private readonly Func<SimulatedAnswer, bool> _isAcknowledged;
    private readonly Func<SimulationRandom, DateTimeOffset, string> _tradeNumber;
    private readonly Func<SimulationRandom, DateTimeOffset, string> _notificationId;

    private PaymentProvider(
        string name,
        TimeSpan[] pauses,
        Func<SimulatedAnswer, bool> isAcknowledged,
        Func<SimulationRandom, DateTimeOffset, string> tradeNumber,
        Func<SimulationRandom, DateTimeOffset, string> notificationId)
    {
        Name = name;
        Pauses = pauses;
        _isAcknowledged = isAcknowledged;
        _tradeNumber = tradeNumber;
        _notificationId = notificationId;
    }

    /// <summary>Alipay: 8 sends in 25 hours; it reads the body, which must be exactly <c>success</c>, and follows no redirect.</summary>
    public static PaymentProvider Alipay { get; } = new(
        "alipay",
        [
            TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1),
            TimeSpan.FromHours(2), TimeSpan.FromHours(6), TimeSpan.FromHours(15),
        ],
        static answer => answer.Status == Ok && answer.Body.Span.SequenceEqual("success"u8),
        static (random, at) => random.Digits(Day(at) + "22001", 15),
        static (random, at) => random.Digits(Day(at) + "00222", 21))
    {
        Paid = "TRADE_SUCCESS", PaidAndPartRefunded = "TRADE_SUCCESS", PaidAndRefunded = "TRADE_CLOSED", Closed = "TRADE_CLOSED",
        PartRefunded = "TRADE_SUCCESS", Refunded = "TRADE_CLOSED", Finished = "TRADE_FINISHED", TellsClosing = true,
    };

    /// <summary>WeChat Pay, API v3: 16 sends in 24 hours and 4 minutes; it reads the status, 200 or 204, whatever the body says.</summary>
    public static PaymentProvider WeChatPay { get; } = new(
        "wechatpay",
        [
            TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(10),
            TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(30),
            TimeSpan.FromMinutes(60), TimeSpan.FromHours(3), TimeSpan.FromHours(3), TimeSpan.FromHours(3), TimeSpan.FromHours(6),
            TimeSpan.FromHours(6),
        ],
        static answer => answer.Status is Ok or NoContent,
        static (random, at) => random.Digits(random.Digits("4200", 6) + Day(at), 10),
        static (random, _) => Uuid(random))
    {
        Paid = "SUCCESS", PaidAndPartRefunded = "REFUND", PaidAndRefunded = "REFUND", Closed = "CLOSED", PartRefunded = "SUCCESS",
        Refunded = "SUCCESS",
    };

    /// <summary>Its name, such as <c>alipay</c>.</summary>
    public string Name { get; }

    /// <summary>How long it waits after each send before the next one; after the last it gives up.</summary>
    public IReadOnlyList<TimeSpan> Pauses { get; }

    /// <summary>How long it waits for an answer; a later one is not heard.</summary>
    /// <value>5 seconds, which is what WeChat Pay publishes; Alipay publishes none that we know of.</value>
    public TimeSpan AnswerWithin { get; } = TimeSpan.FromSeconds(5);

    internal string Paid { get; private init; } = "";

    /// <summary>How a query calls a trade that was paid and of which a part went back.</summary>
    internal string PaidAndPartRefunded { get; private init; } = "";

    /// <summary>A query's status of a trade that was fully refunded; at Alipay the same as of an unpaid one.</summary>
    internal string PaidAndRefunded { get; private init; } = "";

    internal string Closed { get; private init; } = "";

    /// <summary>How a notification of a refund calls it where a part stays.</summary>
    internal string PartRefunded { get; private init; } = "";

    /// <summary>How a notification of a refund calls it where nothing stays.</summary>
    internal string Refunded { get; private init; } = "";

    /// <summary>How it says that a trade can no longer be refunded; <see langword="null"/> where it never does.</summary>
    internal string? Finished { get; private init; }

    /// <summary>Whether it sends a notification of a trade that was closed unpaid; otherwise only a query tells.</summary>
    internal bool TellsClosing { get; private init; }

    /// <summary>Whether it understands an answer as "taken", and sends the notification no more.</summary>
    public bool IsAcknowledged(SimulatedAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return _isAcknowledged(answer);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal string NewTradeNumber(SimulationRandom random, DateTimeOffset at) => _tradeNumber(random, at);

    internal string NewNotificationId(SimulationRandom random, DateTimeOffset at) => _notificationId(random, at);

    // Both write the day of China into their numbers.
    private static string Day(DateTimeOffset at) => at.ToOffset(TimeSpan.FromHours(8)).ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    private static string Uuid(SimulationRandom random)
    {
        var (high, low) = (random.Next(), random.Next());
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{high >> 32:x8}-{(high >> 16) & 0xFFFF:x4}-{high & 0xFFFF:x4}-{low >> 48:x4}-{low & 0xFFFF_FFFF_FFFF:x12}");
    }
}
