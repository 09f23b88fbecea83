namespace OrderKit.Sql;

/// <summary>How to treat the tables when the host starts.</summary>
public enum SchemaMode
{
    /// <summary>Creates missing tables and updates older ones. Requires the right to create tables.</summary>
    CreateIfMissing = 0,

    /// <summary>Checks the tables without changing them. The start fails if they do not match.</summary>
    Validate = 1,

    /// <summary>Checks nothing.</summary>
    None = 2,
}
