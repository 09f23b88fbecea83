using Microsoft.Extensions.DependencyInjection;
using OrderKit.Sql.Tests;

namespace OrderKit.Sqlite.Tests;

public sealed class SqliteDurabilityTests : DurabilityTests
{
    protected override string Setting => "Synchronous is Normal";

    // The file is not opened for this.
    protected override void Register(IServiceCollection services, bool weak) => services.AddOrderKit().UseSqlite(options =>
    {
        options.ConnectionString = "Data Source=durability.db";
        options.Synchronous = weak ? SqliteSynchronous.Normal : SqliteSynchronous.Full;
    });
}
