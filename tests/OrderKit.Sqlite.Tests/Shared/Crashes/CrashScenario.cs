using System.Globalization;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;
using OrderKit.Messaging;
using OrderKit.StateMachine;

namespace OrderKit.Sql.Tests;

/// <summary>What a process does until it is killed, and what must be true when others have gone on after it.</summary>
internal abstract class CrashScenario
{
    private static readonly CrashScenario[] All = [new Joined(), new Resolved(), new Retried(), new Grouped(), new Delivered(), new Swept(), new Created(), new CreatedTogether(), new Written()];

    public static IEnumerable<string> Names => All.Where(scenario => scenario is not Written).Select(scenario => scenario.Name);

    public string Name => GetType().Name;

    public virtual bool NeedsTables => true;

    /// <summary>Whether another one does the same at the same time.</summary>
    public virtual bool HasCompany => false;

    /// <summary>How many steps the process lives longer each time, where not every one is tried.</summary>
    public virtual int Stride => 1;

    public static CrashScenario Named(string name) => All.Single(scenario => scenario.Name == name);

    /// <summary>What the process does; it is told of each effect elsewhere and of each answer before they happen.</summary>
    public abstract Task ActAsync(CrashedProcess process);

    /// <summary>Goes on after it, and proves that nothing happened twice and nothing was lost.</summary>
    public abstract Task ProveAsync(CrashedProcess process);

    private static OperationKey Key(CrashedProcess process) => new(TenantId.Default, "crash", process.Mark);

    private static OutboxMessage Message(string id, string destination, string lane = "lane") => new(id, destination, TenantId.Default, lane, "test.v1", new byte[] { 1 });

    private static async Task<int> CountAsync(TestStore store, string destination) => (int)(await store.Outbox.BacklogAsync(destination)).Count;

    /// <summary>Claim, effect and result in one transaction.</summary>
    private sealed class Joined : CrashScenario
    {
        public override async Task ActAsync(CrashedProcess process)
        {
            var outcome = await AskAsync(process);
            process.Tell(Assert.IsType<OperationOutcome<string>.Applied>(outcome).Result);
        }

        public override async Task ProveAsync(CrashedProcess process)
        {
            var before = await CountAsync(process.Store, process.Mark);
            var outcome = await AskAsync(process);
            Assert.Equal(1, await CountAsync(process.Store, process.Mark));
            var result = outcome is OperationOutcome<string>.Duplicate replayed ? replayed.Result : Assert.IsType<OperationOutcome<string>.Applied>(outcome).Result;
            Assert.True(before == 1 || process.Told.Count == 0, "What was told is lost.");
            Assert.All(process.Told, told => Assert.Equal(result, told));
        }

        private static Task<OperationOutcome<string>> AskAsync(CrashedProcess process) => new Operations(process.Store.Operations, process.Store.Units).RunAsync(
            Key(process), Fingerprint.Nothing, ResultCodec.Text, async (operation, cancellationToken) =>
            {
                await process.Store.Outbox.AppendAsync(operation.UnitOfWork, [Message(process.Mark, process.Mark)], cancellationToken);
                return Guid.NewGuid().ToString();
            });
    }

    /// <summary>An effect elsewhere under a lease, with a recovery point, finished together with a write of the host.</summary>
    private abstract class Leased : CrashScenario
    {
        public override async Task ActAsync(CrashedProcess process) => process.Tell(Assert.IsType<OperationOutcome<string>.Applied>(await AskAsync(process)).Result);

        protected async Task<OperationOutcome<string>> AskAsync(CrashedProcess process) => await new Operations(process.Store.Operations, process.Store.Units).RunLeasedAsync(
            Key(process), Fingerprint.Nothing, ResultCodec.Text, async (operation, cancellationToken) =>
            {
                var reserved = await operation.StepAsync("reserve", ResultCodec.Text, _ => Task.FromResult(process.ActElsewhere(operation.DownstreamKey("reserve"), "reserve")), cancellationToken);
                var charged = process.ActElsewhere(operation.DownstreamKey("charge"), "charge");
                var unit = await process.Store.Units.BeginAsync(cancellationToken);
                await using (unit)
                {
                    await process.Store.Outbox.AppendAsync(unit, [Message(process.Mark, process.Mark)], cancellationToken);
                    await operation.FinishAsync(unit, ResultCodec.Text, $"{reserved} {charged}");
                    await unit.CommitAsync(cancellationToken);
                }

                return $"{reserved} {charged}";
            },
            PolicyOf(process), CancellationToken.None);

        protected abstract OperationPolicy PolicyOf(CrashedProcess process);

        protected async Task<string> AskInTheEndAsync(CrashedProcess process)
        {
            process.Store.Advance(OperationPolicy.Default.Lease * 2);
            var outcome = await AskAsync(process);
            Assert.Empty(await process.Store.Operations.ListInterruptedAsync(TenantId.Default, 10));
            return outcome is OperationOutcome<string>.Duplicate replayed ? replayed.Result : Assert.IsType<OperationOutcome<string>.Applied>(outcome).Result;
        }
    }

    /// <summary>Whoever would have had the effect is asked whether it happened.</summary>
    private sealed class Resolved : Leased
    {
        public override async Task ProveAsync(CrashedProcess process)
        {
            var told = process.Told.Count == 1;
            var result = await AskInTheEndAsync(process);
            Assert.True(!told || result == process.Told[0], "Another answer than the one that was told.");
            Assert.Single(process.Elsewhere(), key => key.EndsWith("charge", StringComparison.Ordinal));
        }

        protected override OperationPolicy PolicyOf(CrashedProcess process) => new()
        {
            OnLapse = LapsePolicy.Resolve,
            Resolver = (row, _) => Task.FromResult<Resolution>(process.Elsewhere().Contains(Named(row, "charge"))
                ? new Resolution.Done(ResultCodec.Text.Encode($"{Named(row, "reserve")} {Named(row, "charge")}"))
                : new Resolution.NotDone()),
        };

        private static string Named(StoredOperation row, string name) => CrashedProcess.Named(row.DownstreamKey(name), name);
    }

    /// <summary>It is begun again, and repeats its keys elsewhere.</summary>
    private sealed class Retried : Leased
    {
        public override async Task ProveAsync(CrashedProcess process)
        {
            var before = await CountAsync(process.Store, process.Mark);
            var result = await AskInTheEndAsync(process);
            Assert.Equal(1, await CountAsync(process.Store, process.Mark));
            Assert.True(before == 1 || process.Told.Count == 0, "What was told is lost.");
            Assert.All(process.Told, told => Assert.Equal(result, told));
            Assert.Equal(2, process.Elsewhere().Distinct().Count());
        }

        protected override OperationPolicy PolicyOf(CrashedProcess process) => new() { OnLapse = LapsePolicy.Retry };
    }

    /// <summary>Facts of several callers in the intake's transactions.</summary>
    private sealed class Grouped : CrashScenario
    {
        private const int Callers = 3;

        public override async Task ActAsync(CrashedProcess process) => await TakeAsync(process, process.Tell);

        public override async Task ProveAsync(CrashedProcess process)
        {
            var told = process.Told.ToList();
            var taken = new List<string>();
            await TakeAsync(process, taken.Add);
            Assert.Equal(Callers, taken.Count);
            for (var caller = 0; caller < Callers; caller++)
            {
                var journal = await process.Store.Queries.ReadJournalAsync(OrderOf(process, caller));
                Assert.Equal([1L, 2L], journal.Select(row => row.Version));
                Assert.Equal(["placed", "captured"], journal.Select(row => row.Trigger));
            }

            Assert.Equal(told.Count, told.Distinct().Count());
        }

        private static OrderKey OrderOf(CrashedProcess process, int caller) => new(
            TenantId.Default, OrderId.Derive(new ChannelCode("TB"), string.Create(CultureInfo.InvariantCulture, $"{process.Mark}-{caller}")));

        private static async Task TakeAsync(CrashedProcess process, Action<string> tell)
        {
            var store = process.Store;
            var lifecycle = new OrderLifecycle(store.Orders, store.Units, new OrderModelRegistry([OrderModels.Retail]), process.Clock);
            await using var intake = new OrderIntake(store.Operations, store.Units, lifecycle, timeProvider: process.Clock);
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
            {
                foreach (var trigger in (string[])["placed", "captured"])
                {
                    var fact = new OrderFact
                    {
                        Trigger = trigger, Source = trigger == "placed" ? "taobao" : "alipay", Order = OrderOf(process, caller), Id = trigger,
                        Amount = new Money(19_900, Currency.CNY), Quantity = trigger == "placed" ? 1 : null,
                    };
                    var key = new OperationKey(TenantId.Default, "intake", string.Create(CultureInfo.InvariantCulture, $"{process.Mark}-{caller}-{trigger}"));
                    await intake.TakeAsync(new IntakeRequest(key, Fingerprint.Nothing, fact));
                }

                lock (store)
                {
                    tell(caller.ToString(CultureInfo.InvariantCulture));
                }
            })));
        }
    }

    /// <summary>Messages from the outbox into an inbox and to their effect.</summary>
    private sealed class Delivered : CrashScenario
    {
        public override async Task ActAsync(CrashedProcess process)
        {
            await WriteAsync(process);
            await PumpAsync(process);
        }

        public override async Task ProveAsync(CrashedProcess process)
        {
            await WriteAsync(process);
            for (var i = 0; i < 3; i++)
            {
                process.Store.Advance(TimeSpan.FromMinutes(2));
                await PumpAsync(process);
            }

            Assert.Equal(0, await CountAsync(process.Store, process.Mark));
            Assert.Equal(0, (await process.Store.Inbox.BacklogAsync(process.Mark)).Count);
            var effects = new List<string>();
            while (await process.Store.Outbox.ClaimAsync("effects of " + process.Mark, 10, TimeSpan.FromMinutes(1)) is { Count: > 0 } rows)
            {
                effects.AddRange(rows.Select(row => row.Message.MessageId));
                await process.Store.Outbox.CompleteAsync(rows);
            }

            Assert.Equal([$"{process.Mark}-1", $"{process.Mark}-2"], effects);
        }

        // Once, whoever asks: the sender's own operation.
        private static Task<OperationOutcome<bool>> WriteAsync(CrashedProcess process) => new Operations(process.Store.Operations, process.Store.Units).RunAsync(
            Key(process), Fingerprint.Nothing, ResultCodec.None, async (operation, cancellationToken) =>
            {
                await process.Store.Outbox.AppendAsync(
                    operation.UnitOfWork, [Message($"{process.Mark}-1", process.Mark), Message($"{process.Mark}-2", process.Mark)], cancellationToken);
                return true;
            });

        private static async Task PumpAsync(CrashedProcess process)
        {
            var store = process.Store;
            await new OutboxPump(store.Outbox, store.DeadLetters, store.Pauses, store.Units, new(new ToInbox(process)), Options.Create(new OutboxPumpOptions { Destination = process.Mark })).PumpAllAsync();
            await new InboxPump(store.Inbox, store.DeadLetters, store.Pauses, store.Units, new(new Handler(process))).PumpAllAsync();
        }

        private sealed class Handler(CrashedProcess process) : IInboxHandler
        {
            public string Consumer => process.Mark;

            public async Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken) =>
                await process.Store.Outbox.AppendAsync(unitOfWork, [Message(delivery.Message.MessageId, "effects of " + process.Mark)], cancellationToken);
        }

        private sealed class ToInbox(CrashedProcess process) : IOutboxSink
        {
            public async Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellationToken)
            {
                var message = delivery.Message;
                await new Inbox(process.Store.Inbox, process.Store.Units).AcceptAsync(
                    [new InboxMessage(message.MessageId, process.Mark, message.Tenant, message.Lane, message.Type, message.Body)], cancellationToken);
            }
        }
    }

    /// <summary>Sweeps beside an operation that runs.</summary>
    private sealed class Swept : CrashScenario
    {
        private const int Old = 5;

        public override async Task ActAsync(CrashedProcess process)
        {
            var operations = new Operations(process.Store.Operations, process.Store.Units);
            for (var i = 0; i < Old; i++)
            {
                await operations.RunAsync(
                    new OperationKey(TenantId.Default, "old", string.Create(CultureInfo.InvariantCulture, $"{process.Mark}-{i}")),
                    Fingerprint.Nothing, ResultCodec.None, static (_, _) => Task.FromResult(true), new OperationPolicy { SuccessRetention = TimeSpan.FromTicks(10) });
            }

            await operations.RunLeasedAsync(Key(process), Fingerprint.Nothing, ResultCodec.None, async (_, cancellationToken) =>
            {
                process.Store.Advance(TimeSpan.FromSeconds(1));
                await operations.SweepAsync(batchSize: 2, cancellationToken);
                return true;
            });
            process.Tell("swept");
        }

        public override async Task ProveAsync(CrashedProcess process)
        {
            process.Store.Advance(OperationPolicy.Default.Lease * 2);
            await new Operations(process.Store.Operations, process.Store.Units).SweepAsync(batchSize: 2);
            Assert.Equal(0, await process.Store.CountAsync("operations", "scope = 'old'"));

            // The one that ran is there, or was never begun; that it was interrupted is known.
            var row = await process.Store.Operations.FindAsync(Key(process));
            var interrupted = await process.Store.Operations.ListInterruptedAsync(TenantId.Default, 100);
            Assert.Equal(row is { State: OperationState.Running }, interrupted.Any(one => one.Key == Key(process)));
            Assert.True(row is not null || process.Told.Count == 0);
            foreach (var one in interrupted)
            {
                Assert.True(await new Operations(process.Store.Operations, process.Store.Units).ResolveAsync(one, new Resolution.NotDone()));
            }
        }
    }

    /// <summary>The tables are made.</summary>
    private class Created : CrashScenario
    {
        public override bool NeedsTables => false;

        public override int Stride => Environment.GetEnvironmentVariable("ORDERKIT_LONG") == "1" ? 1 : 4;

        public override Task ActAsync(CrashedProcess process) => process.Store.Schema.EnsureAsync();

        public override async Task ProveAsync(CrashedProcess process)
        {
            await process.Store.Schema.EnsureAsync();
            Assert.Single(await process.Store.SaveAsync(Samples.Change(Samples.Key(1))));
            Assert.Empty(await process.Store.Operations.ListInterruptedAsync(TenantId.Default, 10));
        }
    }

    /// <summary>The tables are made by two at once, one of which is killed.</summary>
    private sealed class CreatedTogether : Created
    {
        public override bool HasCompany => true;

        public override int Stride => 1;
    }

    /// <summary>Writes and tells until somebody kills it.</summary>
    private sealed class Written : CrashScenario
    {
        private const int Most = 100_000;

        public override async Task ActAsync(CrashedProcess process)
        {
            for (var i = 0; i < Most; i++)
            {
                var id = string.Create(CultureInfo.InvariantCulture, $"{process.Mark}-{i}");
                var unit = await process.Store.Units.BeginAsync();
                await using (unit)
                {
                    await process.Store.Outbox.AppendAsync(unit, [Message(id, process.Mark, lane: id)]);
                    await unit.CommitAsync();
                }

                process.Tell(id);
            }
        }

        public override async Task ProveAsync(CrashedProcess process)
        {
            // A server's clock went on while the process lived.
            process.Store.Advance(TimeSpan.FromHours(1));
            var rows = await process.Store.Outbox.ClaimAsync(process.Mark, Most, TimeSpan.FromMinutes(1));
            var written = rows.Select(row => row.Message.MessageId).ToHashSet();
            Assert.True(written.IsSupersetOf(process.Told), "What was told is lost.");
        }
    }
}
