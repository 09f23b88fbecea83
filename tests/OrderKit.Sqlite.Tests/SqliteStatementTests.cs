using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Eng;
using OrderKit.Idempotency;
using OrderKit.Sql.Tests;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Sqlite.Tests;

/// <summary>How many statements an operation takes, and by which way each finds its rows.</summary>
public sealed class SqliteStatementTests
{
    [Fact]
    public async Task A_fact_on_an_order_that_exists_takes_four_statements_between_begin_and_commit()
    {
        var recording = new Recording();
        await using var store = await SqliteTestStore.CreateAsync(options => options.Wrap = inner => new RecordingConnection(inner, recording.AddAsync));
        await store.SaveAsync(Samples.Change(Samples.Key(1)));
        recording.Take();

        await using var unit = await store.Units.BeginAsync();
        await store.Orders.LoadAsync(unit, [new OrderLookup(Samples.Key(1), "taobao", "fact-2", null)]);
        await store.Orders.SaveAsync(unit, [Samples.Change(Samples.Key(1), 1) with { Messages = [Samples.Message(Samples.Key(1), 2)] }]);
        await unit.CommitAsync();

        Assert.Equal(["BEGIN", "SELECT", "UPDATE", "INSERT", "INSERT", "COMMIT"], recording.TakeTexts().Select(text => text.Split(' ', '\n')[0]));
    }

    [Fact]
    public async Task A_check_of_an_order_that_repeats_none_takes_one_statement_for_each_rule()
    {
        var recording = new Recording();
        await using var store = await SqliteTestStore.CreateAsync(options => options.Wrap = inner => new RecordingConnection(inner, recording.AddAsync));
        await store.SaveAsync(Samples.Change(Samples.Key(1)));
        recording.Take();

        await using var unit = await store.Units.BeginAsync();
        await store.Services.GetRequiredService<DuplicateOrders>().CheckAsync(unit, new OrderCandidate
        {
            Order = Samples.Key(1), ExternalNumber = "1", Buyer = "buyer", Cart = "cart", Amount = new Money(1990, Currency.CNY),
        });
        await unit.CommitAsync();

        Assert.Equal(["BEGIN", "INSERT", "INSERT", "INSERT", "COMMIT"], recording.TakeTexts().Select(text => text.Split(' ', '\n')[0]));
    }

    [Fact]
    public async Task No_statement_of_the_daily_work_reads_a_whole_table()
    {
        var recording = new Recording();
        await using var store = await SqliteTestStore.CreateAsync(options => options.Wrap = inner => new RecordingConnection(inner, recording.AddAsync));
        recording.Take();

        await DailyWork.RunAsync(store);

        var faults = new List<string>();
        foreach (var statement in recording.TakeTexts().Distinct().Where(text => text is not "BEGIN" and not "COMMIT" && !text.StartsWith("PRAGMA", StringComparison.Ordinal)))
        {
            var plan = await store.ExplainAsync(statement);
            if (plan.Split('\n').Any(line => line.StartsWith("SCAN ", StringComparison.Ordinal) && !IsHarmless(statement, line)) || plan.Replace("SEARCH lanes USING AUTOMATIC", "", StringComparison.Ordinal).Contains("AUTOMATIC", StringComparison.Ordinal))
            {
                faults.Add($"{statement}\n--\n{plan}");
            }
        }

        Assert.True(faults.Count == 0, string.Join("\n\n", faults));
    }

    // A constant, rows that the statement itself has limited before, tables made by the statement itself (w, met and lanes), and a walk along the key that ends with LIMIT.
    private static bool IsHarmless(string statement, string line) =>
        line is "SCAN CONSTANT ROW" or "SCAN counted"
        || line is "SCAN w" or "SCAN met" || (line == "SCAN o" && statement.Contains("FROM (SELECT DISTINCT met.", StringComparison.Ordinal))
        || line.Contains("_unsealed", StringComparison.Ordinal)
        || (line is "SCAN o" or "SCAN j" && statement.Contains("FROM (SELECT * FROM", StringComparison.Ordinal))
        || (line == "SCAN orderkit_journal_segments" && statement.EndsWith("ORDER BY number DESC LIMIT 1", StringComparison.Ordinal));
}
