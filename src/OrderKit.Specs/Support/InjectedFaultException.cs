namespace OrderKit.Specs;

/// <summary>The connection that breaks when a case says so.</summary>
internal sealed class InjectedFaultException(bool happened)
    : Exception(happened ? "The connection broke after the call took effect." : "The connection broke before the call took effect.");
