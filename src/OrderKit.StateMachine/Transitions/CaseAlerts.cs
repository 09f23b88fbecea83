using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>Has a notice written with each case that is opened, where the host wants alerts.</summary>
internal sealed class CaseAlerts(IServiceProvider services) : IStorePortDecorator<IOrderStore>
{
    public IOrderStore Decorate(IOrderStore port) =>
        services.GetService<AlertSwitch>() is null ? port : new CaseAlertingOrderStore(port, services.GetRequiredService<IOutboxStore>());
}
