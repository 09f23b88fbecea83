namespace OrderKit.Core;

/// <summary>The host's own record of what it asked payment providers for.</summary>
public interface IPaymentDocuments
{
    /// <summary>Finds the document of a payment, or of a refund where its number is given.</summary>
    /// <param name="unitOfWork">The unit in which the notification takes effect; a host may read in it.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="provider">The provider.</param>
    /// <param name="merchantTradeNumber">The number that the host gave the provider.</param>
    /// <param name="refundNumber">The number of the refund.</param>
    /// <param name="cancellationToken">Cancels.</param>
    ValueTask<PaymentDocument?> FindAsync(
        UnitOfWork unitOfWork, TenantId tenant, string provider, string merchantTradeNumber, string? refundNumber, CancellationToken cancellationToken = default);
}
