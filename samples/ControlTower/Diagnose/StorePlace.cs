namespace ControlTower.Diagnose;

/// <summary>The location of the store of a run. A temporary store is deleted after the run.</summary>
internal sealed class StorePlace : IDisposable
{
    private readonly string? _temporary;

    private StorePlace(string path, string? temporary)
    {
        Path = path;
        _temporary = temporary;
    }

    /// <summary>The file of the store.</summary>
    public string Path { get; }

    public static StorePlace For(DiagnoseOptions options)
    {
        if (options.Store is { } store)
        {
            return new StorePlace(System.IO.Path.GetFullPath(store), null);
        }

        var folder = Directory.CreateTempSubdirectory("orderkit-diagnose-").FullName;
        return new StorePlace(System.IO.Path.Combine(folder, "orders.db"), options.KeepsStore ? null : folder);
    }

    public void Dispose()
    {
        if (_temporary is not null)
        {
            Directory.Delete(_temporary, recursive: true);
        }
    }
}
