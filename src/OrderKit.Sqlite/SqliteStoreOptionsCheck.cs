using Microsoft.Extensions.Options;
using OrderKit.Sql;

namespace OrderKit.Sqlite;

/// <summary>Finds all faults of the settings at once.</summary>
internal sealed class SqliteStoreOptionsCheck : IValidateOptions<SqliteStoreOptions>
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, SqliteStoreOptions options)
    {
        var faults = new List<string>();
        try
        {
            SqliteFile.PathOf(options.ConnectionString);
        }
        catch (ArgumentException exception)
        {
            faults.Add(exception.Message);
        }

        try
        {
            _ = new SqlNames(options.TablePrefix);
        }
        catch (ArgumentException exception)
        {
            faults.Add($"TablePrefix: {exception.Message}");
        }

        Require(options.WriteWaitLimit > TimeSpan.Zero && options.WriteWaitLimit <= Longest, $"WriteWaitLimit is {options.WriteWaitLimit}; it is more than zero and at most {Longest}.");
        Require(options.BusyTimeout >= TimeSpan.Zero && options.BusyTimeout <= Longest, $"BusyTimeout is {options.BusyTimeout}; it is zero to {Longest}.");
        Require(options.CachePages is > 0 and <= 4_000_000, $"CachePages is {options.CachePages}; it is 1 to 4,000,000.");
        Require(options.CheckpointPages is > 0 and <= 4_000_000, $"CheckpointPages is {options.CheckpointPages}; it is 1 to 4,000,000.");
        Require(Enum.IsDefined(options.SchemaMode), $"SchemaMode is {options.SchemaMode}, which is no mode.");
        Require(Enum.IsDefined(options.Synchronous), $"Synchronous is {options.Synchronous}, which is no setting.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults.Select(fault => $"SqliteStoreOptions: {fault}"));

        void Require(bool holds, string fault)
        {
            if (!holds)
            {
                faults.Add(fault);
            }
        }
    }
}
