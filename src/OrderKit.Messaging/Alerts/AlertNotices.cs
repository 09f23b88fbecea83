using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Has a notice written with each dead letter and each message in quarantine.</summary>
internal sealed class AlertNotices(IServiceProvider services) : IStorePortDecorator<IDeadLetterStore>, IStorePortDecorator<IQuarantineStore>
{
    public IDeadLetterStore Decorate(IDeadLetterStore port) => new AlertingDeadLetterStore(port, services.GetRequiredService<IOutboxStore>());

    public IQuarantineStore Decorate(IQuarantineStore port) => new AlertingQuarantineStore(port, services.GetRequiredService<IOutboxStore>());
}
