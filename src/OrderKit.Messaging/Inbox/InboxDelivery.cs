using OrderKit.Core;
using OrderKit.Core.Storage;

namespace OrderKit.Messaging;

/// <summary>A message of the inbox that was claimed for handling.</summary>
/// <param name="Id">The row's own number.</param>
/// <param name="Message">The message.</param>
/// <param name="Attempt">1 for the first time that it is handled.</param>
/// <param name="Epoch">Fences the claim: a later claim of the same row has a higher one.</param>
public sealed record InboxDelivery(long Id, InboxMessage Message, int Attempt, long Epoch) : MessageDelivery(Id, Attempt, Epoch)
{
    /// <inheritdoc/>
    public override string Name => Message.Consumer;

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
