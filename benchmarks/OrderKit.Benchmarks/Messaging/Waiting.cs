using OrderKit.Core;
using OrderKit.Core.Storage;

namespace OrderKit.Benchmarks;

/// <summary>Messages that wait in the outbox.</summary>
internal static class Waiting
{
    private const int Batch = 2_000;

    private static int _round;

    public static async Task WriteAsync(DurableStore store, int messages, int lanes, byte[] payload)
    {
        var (outbox, units) = (store.Port<IOutboxStore>(), store.Port<IUnitOfWorkFactory>());
        var round = _round++;
        for (var i = 0; i < messages; i += Batch)
        {
            var unit = await units.BeginAsync().ConfigureAwait(false);
            await using (unit.ConfigureAwait(false))
            {
                await outbox.AppendAsync(
                    unit,
                    [
                        .. Enumerable.Range(i, Math.Min(Batch, messages - i))
                            .Select(n => new OutboxMessage(
                                $"o{round}-{n}", "events", TenantId.Default, $"lane-{n % lanes}", "bench.message", payload)),
                    ]).ConfigureAwait(false);
                await unit.CommitAsync().ConfigureAwait(false);
            }
        }
    }
}
