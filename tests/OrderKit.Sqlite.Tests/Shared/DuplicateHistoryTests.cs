using FsCheck;
using FsCheck.Fluent;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Sql.Tests;

/// <summary>Random histories of guards, releases and rollbacks: a SQL store answers what the one in memory answers.</summary>
public abstract class DuplicateHistoryTests
{
    private const int Orders = 5;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private static Gen<Step[]> Histories =>
        (from order in Gen.Choose(0, Orders - 1)
         from subject in Gen.Choose(0, 1)
         from minute in Gen.Choose(0, 40)
         from forEver in Gen.Choose(0, 6).Select(i => i == 0)
         from extends in Gen.Choose(0, 1).Select(i => i == 0)
         from releases in Gen.Choose(0, 5).Select(i => i == 0)
         from commits in Gen.Choose(0, 3).Select(i => i != 0)
         select new Step(order, subject, minute, forEver, extends, releases, commits)).ArrayOf();

    protected abstract Task<TestStore> OpenAsync();

    [Fact]
    public async Task Any_history_is_answered_as_in_memory()
    {
        await using var store = await OpenAsync();
        var tenants = 0;
        Prop.ForAll(Histories.ToArbitrary(), history => RunAsync(store, new TenantId($"t{++tenants}"), history).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(40).WithEndSize(30));
    }

    private static async Task RunAsync(TestStore store, TenantId tenant, Step[] history)
    {
        using var database = new InMemoryDatabase();
        var model = new InMemoryDuplicateOrderStore(database, new InMemoryOutboxStore(database));
        foreach (var step in history)
        {
            Assert.Equal(await DoAsync(database, model, tenant, step), await DoAsync(store.Units, store.DuplicateOrders, tenant, step));
        }
    }

    private static async Task<(OrderKey? Earlier, DateTimeOffset? EarlierAt, int Released)> DoAsync(
        IUnitOfWorkFactory units, IDuplicateOrderStore duplicates, TenantId tenant, Step step)
    {
        var order = new OrderKey(tenant, OrderId.Derive(new ChannelCode("TB"), $"{step.Order}"));
        var rule = $"rule-{step.Subject}";
        var released = 0;
        GuardFinding? finding = null;
        await using var unit = await units.BeginAsync();
        if (step.Releases)
        {
            released = await duplicates.ReleaseAsync(unit, order, [rule]);
        }
        else
        {
            var window = step.ForEver ? TimeSpan.MaxValue : Window;
            finding = (await duplicates.GuardAsync(unit, [new DuplicateGuard(rule, Digest.Of("subject"u8), order, window, Samples.Noon.AddMinutes(step.Minute), step.Extends)]))[0];
        }

        if (step.Commits)
        {
            await unit.CommitAsync();
        }

        return (finding?.Earlier, finding?.EarlierAt, released);
    }

    private sealed record Step(int Order, int Subject, int Minute, bool ForEver, bool Extends, bool Releases, bool Commits);
}
