namespace OrderKit.StateMachine;

/// <summary>The kinds of case that every model has, beside its own.</summary>
public static class BuiltInCases
{
    /// <summary>Money in another currency than the order's.</summary>
    public const string ForeignCurrency = "foreign-currency";

    /// <summary>A report that cannot be true beside what owners told.</summary>
    public const string ReportContradicts = "report-contradicts";

    /// <summary>A revocation of something that was never told.</summary>
    public const string NothingToRevoke = "nothing-to-revoke";

    /// <summary>An owner's fact for which the model has no rule in that state.</summary>
    public const string UnexpectedFact = "unexpected-fact";

    /// <summary>One id of a source for two contents.</summary>
    public const string IdReused = "fact-id-reused";

    /// <summary>A deadline that needs a probe which the host did not register.</summary>
    public const string DeadlineWithoutProbe = "deadline-without-probe";

    internal const uint ForeignCurrencyBit = 1u << 26;
    internal const uint ReportContradictsBit = 1u << 27;
    internal const uint NothingToRevokeBit = 1u << 28;
    internal const uint UnexpectedFactBit = 1u << 29;
    internal const uint IdReusedBit = 1u << 30;
    internal const uint DeadlineWithoutProbeBit = 1u << 31;

    /// <summary>How many kinds a model may add of its own.</summary>
    internal const int OwnLimit = 26;

    internal static IReadOnlyList<OrderModel.CaseInfo> All { get; } =
    [
        new(
            ForeignCurrencyBit, ForeignCurrency, "finance", "A fact brought money in another currency than the order's.",
            TimeSpan.FromHours(24)),
        new(
            ReportContradictsBit, ReportContradicts, "operations",
            "A system reports a status that contradicts what the owners of money and goods told.", TimeSpan.FromHours(24)),
        new(NothingToRevokeBit, NothingToRevoke, "operations", "A source revoked something that it never told.", TimeSpan.FromHours(24)),
        new(
            UnexpectedFactBit, UnexpectedFact, "operations",
            "The owner of money or goods told something that this order's state did not lead to expect.", TimeSpan.FromHours(24)),
        new(IdReusedBit, IdReused, "operations", "A source used one id for two different facts.", TimeSpan.FromHours(24)),
        new(
            DeadlineWithoutProbeBit, DeadlineWithoutProbe, "operations",
            "A deadline passed whose probe is not registered, so nothing was done.", TimeSpan.FromHours(24)),
    ];
}
