namespace OrderKit.Tests.Support;

/// <summary>A SQLite file in a folder of its own, deleted at the end.</summary>
internal sealed class TemporaryFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("orderkit-");

    // Without pooling the file is closed when its last connection is.
    public string ConnectionString => $"Data Source={Path.Combine(_folder.FullName, "orders.db")};Pooling=False";

    public void Dispose() => _folder.Delete(recursive: true);
}
