namespace OrderKit.AspNetCore;

/// <summary>The handler answered with something that cannot be kept whole.</summary>
internal sealed class UnkeepableResponseException(string message) : InvalidOperationException(message);
