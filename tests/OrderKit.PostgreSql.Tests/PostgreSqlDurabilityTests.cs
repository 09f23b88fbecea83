using Microsoft.Extensions.DependencyInjection;
using OrderKit.Sql.Tests;

namespace OrderKit.PostgreSql.Tests;

[Trait("Requires", "PostgreSql")]
public sealed class PostgreSqlDurabilityTests : DurabilityTests
{
    protected override string Setting => "synchronous_commit is off";

    protected override void Register(IServiceCollection services, bool weak) =>
        services.AddOrderKit().UsePostgreSql($"{PostgreSqlTestStore.Server};Options=-c synchronous_commit={(weak ? "off" : "on")}");
}
