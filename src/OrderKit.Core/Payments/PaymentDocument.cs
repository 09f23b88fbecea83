namespace OrderKit.Core;

/// <summary>A payment or a refund that the host requested from a provider, and the orders that it is for.</summary>
/// <remarks>
/// Notifications are compared with this document, because a payment may cover several orders and an order may have several payments.
/// </remarks>
public sealed record PaymentDocument
{
    /// <summary>Makes a document.</summary>
    /// <param name="merchantTradeNumber">The number that the host gave the provider.</param>
    /// <param name="expected">The requested amount.</param>
    /// <param name="shares">The orders that it covers. Their shares add up to the amount.</param>
    /// <param name="tender">The tender, such as <c>alipay</c> or <c>wechat+balance</c>.</param>
    /// <exception cref="ArgumentException">
    /// There is no share, an order has two shares, or the shares do not add up to the amount.
    /// </exception>
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
            throw new ArgumentException(
                $"The payment {merchantTradeNumber} names an order twice. Add the shares of each order up.", nameof(shares));
        }

        var sum = shares.Skip(1).Aggregate(shares[0].Amount, static (sum, share) => sum + share.Amount);
        if (sum != expected)
        {
            throw new ArgumentException(
                $"The shares of the payment {merchantTradeNumber} add up to {sum}, not to {expected}.", nameof(shares));
        }

        MerchantTradeNumber = merchantTradeNumber;
        Expected = expected;
        Shares = shares;
        Tender = tender;
    }

    /// <summary>The number that the host gave the provider.</summary>
    public string MerchantTradeNumber { get; }

    /// <summary>The requested amount.</summary>
    public Money Expected { get; }

    /// <summary>The orders that it covers.</summary>
    public IReadOnlyList<PaymentShare> Shares { get; }

    /// <summary>The tender.</summary>
    public string Tender { get; }
}
