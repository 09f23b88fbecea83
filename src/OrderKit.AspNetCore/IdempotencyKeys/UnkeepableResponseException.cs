namespace OrderKit.AspNetCore;

/// <summary>The handler returned a response that cannot be stored completely.</summary>
internal sealed class UnkeepableResponseException(string message) : InvalidOperationException(message);
