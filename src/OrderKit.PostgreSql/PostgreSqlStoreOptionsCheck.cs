using Microsoft.Extensions.Options;
using OrderKit.Sql;

namespace OrderKit.PostgreSql;

/// <summary>Finds all faults of the settings at once.</summary>
internal sealed class PostgreSqlStoreOptionsCheck : IValidateOptions<PostgreSqlStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, PostgreSqlStoreOptions options)
    {
        var faults = new List<string>();
        if (options.DataSource is null == string.IsNullOrWhiteSpace(options.ConnectionString))
        {
            faults.Add("Exactly one of ConnectionString and DataSource is needed.");
        }

        try
        {
            _ = new SqlNames(options.TablePrefix, options.Schema);
        }
        catch (ArgumentException exception)
        {
            faults.Add(exception.Message);
        }

        if (!Enum.IsDefined(options.SchemaMode))
        {
            faults.Add($"SchemaMode is {options.SchemaMode}, which is no mode.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults.Select(fault => $"PostgreSqlStoreOptions: {fault}"));
    }
}
