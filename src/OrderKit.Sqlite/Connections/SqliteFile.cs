using Microsoft.Data.Sqlite;

namespace OrderKit.Sqlite;

/// <summary>The file behind a connection string, by one name for all.</summary>
internal static class SqliteFile
{
    internal static StringComparer Comparer => OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>The full path of the file that a connection string names.</summary>
    /// <exception cref="ArgumentException">It names none.</exception>
    internal static string PathOf(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        var builder = new SqliteConnectionStringBuilder(connectionString);
        var source = builder.DataSource;
        if (source.Length == 0 || builder.Mode == SqliteOpenMode.Memory || source.Contains(":memory:", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException(
                $"The connection string names no file ('{source}'), and a database in memory is another one for each connection. Name a file, such as \"Data Source=orders.db\", or call UseInMemory().",
                nameof(connectionString));
        }

        if (source.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"'{source}' is a URI. Name the file by its path.", nameof(connectionString));
        }

        const string DataDirectory = "|DataDirectory|";
        if (source.StartsWith(DataDirectory, StringComparison.OrdinalIgnoreCase))
        {
            source = Path.Combine(AppDomain.CurrentDomain.GetData("DataDirectory") as string ?? AppContext.BaseDirectory, source[DataDirectory.Length..].TrimStart('/', '\\'));
        }

        return Resolve(source);
    }

    /// <summary>The one path of a file: full, and behind any link.</summary>
    internal static string Resolve(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            return File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
        }
        catch (IOException)
        {
            return full;
        }
    }
}
