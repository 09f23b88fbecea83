namespace OrderKit.Sql;

/// <summary>The column <c>state</c> of the inbox, where a statement sets it.</summary>
internal enum InboxRowState
{
    /// <summary>Only the identity is kept, until its retention is over.</summary>
    Done = 1,

    /// <summary>The message is a dead letter; only its identity is kept here.</summary>
    SetAside = 2,
}
