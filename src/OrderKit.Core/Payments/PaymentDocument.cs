namespace OrderKit.Core;

/// <summary>What the host expects of a payment or a refund: what it asked the provider for, and for which orders.</summary>
/// <remarks>A notification is compared with this, and not with an order: one payment may cover several orders, and an order may be paid in parts.</remarks>
public sealed record PaymentDocument
{
    /// <summary>Makes a document.</summary>
    /// <param name="merchantTradeNumber">The number that the host gave the provider.</param>
    /// <param name="expected">How much was asked for.</param>
    /// <param name="shares">The orders that it covers; their parts add up to the whole.</param>
    /// <param name="tender">What it is paid with, such as <c>alipay</c> or <c>wechat+balance</c>.</param>
    /// <exception cref="ArgumentException">There is no order, one is there twice, or the parts do not add up.</exception>
    public PaymentDocument(string merchantTradeNumber, Money expected, IReadOnlyList<PaymentShare> shares, string tender)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(merchantTradeNumber);
        ArgumentException.ThrowIfNullOrWhiteSpace(tender);
        ArgumentNullException.ThrowIfNull(shares);
        if (shares.Count == 0)
        {
            throw new ArgumentException($"The payment {merchantTradeNumber} covers no order.", nameof(shares));
        }

        if (shares.Select(static share => share.Order).Distinct().Count() != shares.Count)
        {
            throw new ArgumentException($"The payment {merchantTradeNumber} names an order twice. Add its parts up: one payment tells an order of its money once.", nameof(shares));
        }

        var sum = shares.Skip(1).Aggregate(shares[0].Amount, static (sum, share) => sum + share.Amount);
        if (sum != expected)
        {
            throw new ArgumentException($"The parts of the payment {merchantTradeNumber} add up to {sum}, and it is {expected}.", nameof(shares));
        }

        MerchantTradeNumber = merchantTradeNumber;
        Expected = expected;
        Shares = shares;
        Tender = tender;
    }

    /// <summary>The number that the host gave the provider.</summary>
    public string MerchantTradeNumber { get; }

    /// <summary>How much was asked for.</summary>
    public Money Expected { get; }

    /// <summary>The orders that it covers.</summary>
    public IReadOnlyList<PaymentShare> Shares { get; }

    /// <summary>What it is paid with.</summary>
    public string Tender { get; }
}
