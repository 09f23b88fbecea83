namespace ControlTower.Diagnose;

/// <summary>A folder with the export of a shop: orders, and perhaps their items and payments.</summary>
/// <param name="Orders">The path of the orders.</param>
/// <param name="Items">The path of the items; <see langword="null"/> where there are none.</param>
/// <param name="Payments">The path of the payments; <see langword="null"/> where there are none.</param>
internal sealed record DataFolder(string Orders, string? Items, string? Payments)
{
    /// <summary>Finds the files.</summary>
    /// <exception cref="InputException">The folder or the orders are missing.</exception>
    public static DataFolder Find(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new InputException($"The folder '{folder}' does not exist.");
        }

        return new DataFolder(
            File("orders") ?? throw new InputException($"The folder '{folder}' has neither orders.csv nor orders.csv.gz."),
            File("order_items"),
            File("order_payments"));

        string? File(string name)
        {
            var plain = Path.Combine(folder, name + ".csv");
            var compressed = plain + ".gz";
            return System.IO.File.Exists(plain) ? plain : System.IO.File.Exists(compressed) ? compressed : null;
        }
    }
}
