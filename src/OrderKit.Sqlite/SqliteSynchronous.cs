namespace OrderKit.Sqlite;

/// <summary>What survives a loss of power. A crash of the process alone loses nothing that was committed, whatever is chosen.</summary>
public enum SqliteSynchronous
{
    /// <summary>Every commit is on the disk before it is answered.</summary>
    Full = 0,

    /// <summary>A loss of power may undo the last commits; the file stays sound. Several times faster.</summary>
    Normal = 1,
}
