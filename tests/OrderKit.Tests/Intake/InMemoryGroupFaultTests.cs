using Microsoft.Extensions.DependencyInjection;
using OrderKit.Sql.Tests;

namespace OrderKit.Tests.Intake;

public sealed class InMemoryGroupFaultTests : GroupFaultTests
{
    protected override Task<IServiceProvider> OpenAsync()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddOrderKit().UseInMemory();
        return Task.FromResult<IServiceProvider>(services.BuildServiceProvider());
    }
}
