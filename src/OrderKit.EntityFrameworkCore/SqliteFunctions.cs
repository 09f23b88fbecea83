using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace OrderKit.EntityFrameworkCore;

/// <summary>Gives a SQLite connection that EF Core did not open the functions that its queries call, such as those for <c>decimal</c>.</summary>
internal static class SqliteFunctions
{
    private static readonly ConditionalWeakTable<DbConnection, object> Known = [];

    public static void AddTo(DbConnection connection, DatabaseFacade database)
    {
        if (database.ProviderName != "Microsoft.EntityFrameworkCore.Sqlite" || !Known.TryAdd(connection, Known))
        {
            return;
        }

        // The provider adds them to a connection that a context is configured with, and to no other one.
        var options = new DbContextOptionsBuilder();
        ((IDbContextOptionsBuilderInfrastructure)options).AddOrUpdateExtension(
            RelationalOptionsExtension.Extract(database.GetService<IDbContextOptions>()).WithConnection(connection));
        using var configured = new DbContext(options.Options);
        _ = configured.GetService<IRelationalConnection>();
    }
}
