namespace OrderKit.Sql;

/// <summary>What is done about the tables when the host starts.</summary>
public enum SchemaMode
{
    /// <summary>Missing tables are created and older ones brought up to date; needs the right to create tables.</summary>
    CreateIfMissing = 0,

    /// <summary>The tables are looked at and never changed; a start without them fails.</summary>
    Validate = 1,

    /// <summary>Nothing is looked at.</summary>
    None = 2,
}
