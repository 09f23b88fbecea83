namespace OrderKit.Messaging;

/// <summary>How a destination or consumer keeps up.</summary>
public enum LagVerdict : byte
{
    /// <summary>It was looked at too seldom to say.</summary>
    Unknown = 0,

    /// <summary>Nothing waits.</summary>
    Idle = 1,

    /// <summary>Messages wait, and go out.</summary>
    Advancing = 2,

    /// <summary>Messages go out, and those that wait wait longer and longer.</summary>
    FallingBehind = 3,

    /// <summary>The oldest message is tried and does not get through.</summary>
    Stalled = 4,

    /// <summary>The oldest message is due, but is not handled.</summary>
    Stopped = 5,
}
