namespace OrderKit.Specs;

/// <summary>The error of a connection that a case breaks on purpose.</summary>
internal sealed class InjectedFaultException(bool happened)
    : Exception(happened ? "The connection broke after the call took effect." : "The connection broke before the call took effect.");
