using System.Runtime.CompilerServices;
using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace PaymentStorm;

/// <summary>Reads the captured payments from the journal: the effects, counted independently of the code that applied them.</summary>
internal static class JournalledPayments
{
    private const int ReadAtOnce = 1_000;

    /// <summary>Returns every payment, order by order, with the provider's trade number.</summary>
    public static async IAsyncEnumerable<(OrderKey Order, string? Trade)> ReadAsync(
        IJournalStore journal, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IReadOnlyList<OrderJournal> page = [];
        do
        {
            page = await journal.ScanAsync(page.Count == 0 ? 0 : page[^1].OrderNo, ReadAtOnce, cancellationToken);
            foreach (var order in page)
            {
                foreach (var entry in order.Entries.Where(static entry => entry.Trigger == "captured"))
                {
                    yield return (order.Order.Key, entry.Evidence);
                }
            }
        }
        while (page.Count > 0);
    }
}
