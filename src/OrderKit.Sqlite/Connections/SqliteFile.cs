using Microsoft.Data.Sqlite;

namespace OrderKit.Sqlite;

/// <summary>Finds the file of a connection string, under one unique path.</summary>
internal static class SqliteFile
{
    internal static StringComparer Comparer => OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>Returns the full path of the file in a connection string.</summary>
    /// <exception cref="ArgumentException">The connection string names no file.</exception>
    internal static string PathOf(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        var builder = new SqliteConnectionStringBuilder(connectionString);
        var source = builder.DataSource;
        if (source.Length == 0 || builder.Mode == SqliteOpenMode.Memory || source.Contains(":memory:", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException(
                $"The data source '{source}' is not a file, and each connection to an in-memory database has its own database. Name a "
                + "file, such as \"Data Source=orders.db\", or call UseInMemory().",
                nameof(connectionString));
        }

        if (source.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"The data source '{source}' is a URI. Name the file by its path.", nameof(connectionString));
        }

        const string DataDirectory = "|DataDirectory|";
        if (source.StartsWith(DataDirectory, StringComparison.OrdinalIgnoreCase))
        {
            var directory = AppDomain.CurrentDomain.GetData("DataDirectory") as string ?? AppContext.BaseDirectory;
            source = Path.Combine(directory, source[DataDirectory.Length..].TrimStart('/', '\\'));
        }

        return Resolve(source);
    }

    /// <summary>Returns the unique path of a file: absolute, with links resolved.</summary>
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
