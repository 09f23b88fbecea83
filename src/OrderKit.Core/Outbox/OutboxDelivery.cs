using OrderKit.Core.Storage;

namespace OrderKit.Core;

/// <summary>A message of the outbox that was claimed for delivery.</summary>
/// <param name="Id">The row's own number.</param>
/// <param name="Message">The message.</param>
/// <param name="Attempt">1 for the first delivery.</param>
/// <param name="Epoch">Fences the claim: a later claim of the same row has a higher one.</param>
public sealed record OutboxDelivery(long Id, OutboxMessage Message, int Attempt, long Epoch) : MessageDelivery(Id, Attempt, Epoch)
{
    /// <inheritdoc/>
    public override string Name => Message.Destination;

    /// <inheritdoc/>
    public override TenantId Tenant => Message.Tenant;

    /// <inheritdoc/>
    public override string Lane => Message.Lane;

    /// <inheritdoc/>
    public override string MessageId => Message.MessageId;

    /// <inheritdoc/>
    public override string Type => Message.Type;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Body => Message.Body;
}
