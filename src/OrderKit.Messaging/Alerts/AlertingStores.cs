using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core.Storage;
using OrderKit.Messaging.Storage;

namespace OrderKit.Messaging;

/// <summary>Has a notice written with each dead letter and each message in quarantine.</summary>
internal sealed class AlertingStores(IServiceProvider services) : IStorePortDecorator<IDeadLetterStore>, IStorePortDecorator<IQuarantineStore>
{
    /// <summary>A notice has no empty text, and what it tells of may: it must be kept all the same.</summary>
    public static string Named(string text) => text.Length > 0 ? text : "unnamed";

    public IDeadLetterStore Decorate(IDeadLetterStore port) => new AlertingDeadLetterStore(port, services.GetRequiredService<IOutboxStore>());

    public IQuarantineStore Decorate(IQuarantineStore port) => new AlertingQuarantineStore(port, services.GetRequiredService<IOutboxStore>());
}
