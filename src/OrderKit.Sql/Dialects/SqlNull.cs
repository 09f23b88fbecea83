using System.Data;
using System.Data.Common;

namespace OrderKit.Sql;

/// <summary>No value, of a known type: a driver that prepares statements by itself takes another type for another statement.</summary>
internal sealed class SqlNull(DbType type)
{
    /// <summary>Sets a parameter to a value, which may be one of these.</summary>
    internal static void SetOn(DbParameter parameter, object value)
    {
        if (value is SqlNull none)
        {
            parameter.DbType = none.Type;
            value = DBNull.Value;
        }

        parameter.Value = value;
    }

    private DbType Type { get; } = type;
}
