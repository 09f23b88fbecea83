namespace OrderKit.Core;

/// <summary>Finds the payment and refund requests that the host sent to payment providers.</summary>
public interface IPaymentDocuments
{
    /// <summary>Finds the document of a payment, or of a refund if its number is given.</summary>
    /// <param name="unitOfWork">The transaction in which the notification takes effect. The host may read in it.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="provider">The provider.</param>
    /// <param name="merchantTradeNumber">The number that the host gave the provider.</param>
    /// <param name="refundNumber">The number of the refund.</param>
    /// <param name="cancellationToken">Cancels.</param>
    ValueTask<PaymentDocument?> FindAsync(
        UnitOfWork unitOfWork,
        TenantId tenant,
        string provider,
        string merchantTradeNumber,
        string? refundNumber,
        CancellationToken cancellationToken = default);
}
