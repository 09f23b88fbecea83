using OrderKit.Core;

namespace OrderKit.Specs.Tests;

/// <summary>Broken quarantines.</summary>
internal static class QuarantineFaults
{
    private const string Suite = nameof(QuarantineStoreSpec);

    public static IEnumerable<Fault> All =>
    [
        new("The content is taken for text", Suite, store => store.Quarantine.Add = async (inner, unit, message) =>
            await inner.AddAsync(unit, message with { Content = System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(message.Content.Span)) }),
            "A message is quarantined unchanged"),
        new("A message is kept each time it comes", Suite, store =>
        {
            var times = 0;
            store.Quarantine.Add = async (inner, unit, message) => await inner.AddAsync(unit, message with { MessageId = $"{message.MessageId}-{++times}" });
        },
            "A message is quarantined once for each reason"),
        new("Keeping outlives a rollback", Suite, store => store.Quarantine.Add = async (inner, unit, message) =>
        {
            var isKept = await inner.AddAsync(unit, message);
            await unit.CommitAsync();
            return isKept;
        },
            "A rolled-back unit leaves no quarantined message"),
        new("The last decision counts", Suite, store => store.Quarantine.Decide = async (inner, unit, number, state, who, note) =>
        {
            await inner.DecideAsync(unit, number, state, who, note);
            return true;
        },
            "A message is decided once"),
        new("The page is forgotten", Suite, store => store.Quarantine.Query = async (inner, query) =>
            query.Continuation is null ? await inner.QueryAsync(query) : new Page<QuarantinedMessage>([], null),
            "A list returns what was asked for, page by page"),
        new("The filter is forgotten", Suite, store => store.Quarantine.Query = async (inner, query) => await inner.QueryAsync(query with { Source = null }),
            "A list returns what was asked for, page by page"),
    ];
}
