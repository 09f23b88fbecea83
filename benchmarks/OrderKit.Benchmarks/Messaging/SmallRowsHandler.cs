using OrderKit.Core;
using OrderKit.Messaging;
using OrderKit.Sql;

namespace OrderKit.Benchmarks;

/// <summary>Writes the rows of <see cref="SmallRowHandler"/>, those of several messages in one statement.</summary>
internal sealed class SmallRowsHandler : IInboxHandler
{
    private const int MostRows = 400;

    public string Consumer => "bench";

    public Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken) =>
        HandleManyAsync(unitOfWork, [delivery], cancellationToken);

    public async Task HandleManyAsync(UnitOfWork unitOfWork, IReadOnlyList<InboxDelivery> deliveries, CancellationToken cancellationToken)
    {
        var transaction = ((SqlUnitOfWork)unitOfWork).Transaction;
        foreach (var chunk in deliveries.Chunk(MostRows))
        {
            var rows = string.Join(", ", chunk.Select((_, i) => $"(@p{2 * i}, @p{(2 * i) + 1})"));
            var values = chunk.SelectMany(delivery => (object[])[delivery.Message.MessageId, delivery.Message.Body.Length]).ToArray();
            await Plain.ExecuteAsync(
                transaction.Connection!,
                transaction,
                $"INSERT INTO bench_effects (message_id, size) VALUES {rows}",
                values).ConfigureAwait(false);
        }
    }
}
