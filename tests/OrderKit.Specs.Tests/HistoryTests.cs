using FsCheck;
using FsCheck.Fluent;
using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Specs.Tests;

/// <summary>Random histories of units of work, checked against lists that are copied when a unit begins.</summary>
public sealed class HistoryTests
{
    private const int Orders = 3;
    private const int Numbers = 3;

    private static Gen<Step[][]> Histories =>
        (from order in Gen.Choose(0, Orders - 1)
         from isStale in Gen.Choose(0, 5).Select(i => i == 0)
         from fact in Gen.Choose(0, 12)
         from number in Gen.Choose(0, Numbers - 1)
         from deadline in Gen.Choose(-2, 6)
         from act in Gen.Choose(0, 9)
         select new Step(order, isStale, fact, number, deadline, act)).ArrayOf().ArrayOf();

    [Fact]
    public void Any_history_of_units_leaves_what_a_sequential_model_says() =>
        Prop.ForAll(Histories.ToArbitrary(), history => RunAsync(history).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(12));

    private static async Task RunAsync(Step[][] history)
    {
        await using var store = new InMemoryStoreUnderTest();
        var committed = new Model();
        for (var i = 0; i < history.Length; i++)
        {
            var commits = i % 3 != 2;
            var model = committed.Copy();
            await store.InUnitAsync(
                async unit =>
                {
                    foreach (var step in history[i])
                    {
                        await DoAsync(store, unit, model, step);
                    }

                    return 0;
                },
                commits);
            committed = commits ? model : committed;
            await CompareAsync(store, committed);
        }
    }

    private static async Task DoAsync(InMemoryStoreUnderTest store, UnitOfWork unit, Model model, Step step)
    {
        var key = Sample.Key(store, $"{step.Order}");
        var number = Sample.Waybill(store, $"{step.Number}");
        switch (step.Act)
        {
            case 0:
                await store.Orders.ParkAsync(unit, [Sample.Parked(number, $"{step.Fact}", seconds: step.Fact)]);
                if (!model.Parked.Contains((step.Number, step.Fact)))
                {
                    model.Parked.Add((step.Number, step.Fact));
                }

                break;
            case 1:
                var taken = await store.Orders.TakeParkedAsync(unit, [number]);
                Assert.Equal(model.Parked.Where(p => p.Number == step.Number).Select(p => $"{p.Fact}").OrderBy(int.Parse), taken.Select(p => p.Fact.Id!));
                model.Parked.RemoveAll(p => p.Number == step.Number);
                break;
            case 2:
                Assert.Equal(model.Details.RemoveAll(d => d.Order == step.Order), await store.Orders.EraseDetailsAsync(unit, key));
                break;
            default:
                var journal = model.Journals[step.Order];
                var expected = step.IsStale ? Math.Max(0, journal.Count - 1) : journal.Count;
                var fact = $"{step.Fact}";
                var found = (await store.Orders.LoadAsync(unit, [new OrderLookup(key, Sample.Source, fact, fact)]))[0];
                Assert.Equal(journal.Count, found.Order?.Snapshot.Version ?? 0);
                Assert.Equal(journal.IndexOf(fact) + 1, found.Earlier?.Version ?? 0);
                Assert.Equal(journal.Contains(fact), found.RevokedIsKnown);
                var saved = (await store.Orders.SaveAsync(unit, [Change(store, key, expected, step)]))[0];
                Assert.Equal(expected == journal.Count && !journal.Contains(fact), saved > 0);
                if (saved > 0)
                {
                    Apply(model, step);
                }

                break;
        }
    }

    private static OrderChange Change(InMemoryStoreUnderTest store, OrderKey key, long expected, Step step) => Sample.Change(key, expected, $"{step.Fact}") with
    {
        Details = [Sample.Detail(expected + 1, $"{step.Fact}")],
        Messages = [Sample.Message(store, $"{step.Order}:{expected + 1}", $"{step.Order}")],
        Links = [Sample.Waybill(store, $"{step.Number}")],
        Deadlines = step.Deadline < -1 ? [] : [new DeadlineChange(step.Fact % 4, step.Deadline < 0 ? null : Sample.Noon.AddMinutes(step.Deadline - 3), expected + 1, "close", null)],
        Cases = [Sample.Case(key, $"case-{step.Fact % 3}", expected + 1) with { ClosedAt = step.Fact % 2 == 0 ? Sample.Noon : null, ClosedVersion = step.Fact % 2 == 0 ? expected + 1 : null }],
    };

    private static void Apply(Model model, Step step)
    {
        var journal = model.Journals[step.Order];
        journal.Add($"{step.Fact}");
        model.Details.Add((step.Order, journal.Count));
        model.Messages.Add($"{step.Order}:{journal.Count}");
        if (!model.Links.Contains((step.Number, step.Order)))
        {
            model.Links.Add((step.Number, step.Order));
        }

        if (step.Deadline >= -1)
        {
            model.Deadlines.RemoveAll(d => d.Order == step.Order && d.Facet == step.Fact % 4);
            if (step.Deadline >= 0)
            {
                model.Deadlines.Add((step.Order, step.Fact % 4, Sample.Noon.AddMinutes(step.Deadline - 3)));
            }
        }

        if (step.Fact % 2 == 0)
        {
            model.OpenCases.Remove((step.Order, $"case-{step.Fact % 3}"));
        }
        else
        {
            model.OpenCases.Add((step.Order, $"case-{step.Fact % 3}"));
        }
    }

    private static async Task CompareAsync(InMemoryStoreUnderTest store, Model model)
    {
        for (var order = 0; order < Orders; order++)
        {
            var key = Sample.Key(store, $"{order}");
            var journal = model.Journals[order];
            Assert.Equal(journal.Count, (await store.Queries.FindAsync(key))?.Snapshot.Version ?? 0);
            Assert.Equal(journal, (await store.Queries.ReadJournalAsync(key)).Select(entry => entry.FactId));
            Assert.Equal(model.Details.Where(d => d.Order == order).Select(d => (long)d.Version), (await store.Queries.ReadDetailsAsync(key)).Select(d => d.Version));
            Assert.Equal(
                model.Deadlines.Where(d => d.Order == order).OrderBy(d => d.Facet).Select(d => (d.Facet, d.DueAt)),
                (await store.Queries.DeadlinesOfAsync(key)).Select(d => (d.Facet, d.DueAt)));
            Assert.Equal(
                model.OpenCases.Where(c => c.Order == order).Select(c => c.Code).Order(),
                (await store.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant, Order = key })).Items.Select(c => c.Code).Order());
        }

        for (var number = 0; number < Numbers; number++)
        {
            Assert.Equal(
                model.Links.Where(link => link.Number == number).Select(link => Sample.Key(store, $"{link.Order}")).ToHashSet(),
                [.. await store.Queries.FindAsync(Sample.Waybill(store, $"{number}"))]);
        }

        Assert.Equal(model.Messages.Count, (await store.Outbox.BacklogAsync("events")).Count);
        Assert.Equal(model.Journals.Sum(journal => journal.Count), await store.Journal.CountUnsealedAsync());
        Assert.Equal((model.Deadlines.Count, model.Deadlines.Count == 0 ? null : model.Deadlines.Min(d => (DateTimeOffset?)d.DueAt)), await store.Deadlines.CountAsync());
        Assert.Equal(
            model.Parked.Select(p => (p.Number, p.Fact)).OrderBy(p => p.Fact).ToHashSet(),
            (await store.Queries.ParkedAsync(store.Tenant)).Items.Select(p => (int.Parse(p.Number.Value), int.Parse(p.Fact.Id!))).ToHashSet());
    }

    private sealed record Step(int Order, bool IsStale, int Fact, int Number, int Deadline, int Act);

    private sealed class Model
    {
        public List<string>[] Journals { get; private init; } = [[], [], []];

        public List<(int Order, int Version)> Details { get; private init; } = [];

        public List<string> Messages { get; private init; } = [];

        public List<(int Number, int Order)> Links { get; private init; } = [];

        public List<(int Order, int Facet, DateTimeOffset DueAt)> Deadlines { get; private init; } = [];

        public HashSet<(int Order, string Code)> OpenCases { get; private init; } = [];

        public List<(int Number, int Fact)> Parked { get; private init; } = [];

        public Model Copy() => new()
        {
            Journals = [.. Journals.Select(journal => journal.ToList())],
            Details = [.. Details],
            Messages = [.. Messages],
            Links = [.. Links],
            Deadlines = [.. Deadlines],
            OpenCases = [.. OpenCases],
            Parked = [.. Parked],
        };
    }
}
