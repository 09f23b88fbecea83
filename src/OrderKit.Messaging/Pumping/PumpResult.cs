namespace OrderKit.Messaging;

/// <summary>What a pump did.</summary>
/// <param name="Delivered">Messages delivered.</param>
/// <param name="Failed">Messages that failed and wait.</param>
public readonly record struct PumpResult(int Delivered, int Failed);
