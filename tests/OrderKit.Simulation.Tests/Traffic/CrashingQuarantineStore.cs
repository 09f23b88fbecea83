using OrderKit.Core;
using OrderKit.Core.Storage;

namespace OrderKit.Simulation.Tests;

internal sealed class CrashingQuarantineStore(IQuarantineStore inner, Crashes crashes) : IQuarantineStore
{
    public ValueTask<bool> AddAsync(UnitOfWork unitOfWork, QuarantinedMessage message, CancellationToken cancellationToken = default) =>
        crashes.AroundAsync(() => inner.AddAsync(unitOfWork, message, cancellationToken));

    public ValueTask<bool> DecideAsync(
        UnitOfWork unitOfWork, long number, QuarantineState state, string operatorId, string note, CancellationToken cancellationToken = default) =>
        inner.DecideAsync(unitOfWork, number, state, operatorId, note, cancellationToken);

    public ValueTask<QuarantinedMessage?> FindAsync(long number, CancellationToken cancellationToken = default) => inner.FindAsync(number, cancellationToken);

    public ValueTask<Page<QuarantinedMessage>> QueryAsync(QuarantineQuery query, CancellationToken cancellationToken = default) => inner.QueryAsync(query, cancellationToken);
}
