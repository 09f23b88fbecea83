using OrderKit.Core;
using OrderKit.Messaging;
using OrderKit.Sql;

namespace OrderKit.Benchmarks;

/// <summary>Writes one small row into a table of the host for each message.</summary>
internal sealed class SmallRowHandler : IInboxHandler
{
    public const string Table = "CREATE TABLE bench_effects (message_id text NOT NULL PRIMARY KEY, size integer NOT NULL)";

    public string Consumer => "bench";

    public async Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken)
    {
        var transaction = ((SqlUnitOfWork)unitOfWork).Transaction;
        await Plain.ExecuteAsync(
            transaction.Connection!,
            transaction,
            "INSERT INTO bench_effects (message_id, size) VALUES (@p0, @p1)",
            delivery.Message.MessageId,
            delivery.Message.Body.Length).ConfigureAwait(false);
    }
}
