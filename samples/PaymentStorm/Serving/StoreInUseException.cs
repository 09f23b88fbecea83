namespace PaymentStorm.Serving;

/// <summary>The database has orders that this sample did not place.</summary>
internal sealed class StoreInUseException() : InvalidOperationException("The database has orders of somebody else. Name an empty one, "
    + "or one that --serve has filled.");
