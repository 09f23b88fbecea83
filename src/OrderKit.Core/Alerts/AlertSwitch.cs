namespace OrderKit.Core;

/// <summary>There when the host wants alerts: whoever writes what somebody should be told writes notices too.</summary>
public sealed class AlertSwitch;
