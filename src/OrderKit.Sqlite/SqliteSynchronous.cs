namespace OrderKit.Sqlite;

/// <summary>Whether commits survive a power failure. A crash of the process alone never loses a commit.</summary>
public enum SqliteSynchronous
{
    /// <summary>Every commit is on disk before the call returns.</summary>
    Full = 0,

    /// <summary>A power failure may undo the last commits, but cannot corrupt the file. Several times faster.</summary>
    Normal = 1,
}
