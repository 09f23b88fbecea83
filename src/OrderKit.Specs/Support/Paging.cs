using OrderKit.Core;

namespace OrderKit.Specs;

/// <summary>The rules of all lists that are read in pages.</summary>
internal static class Paging
{
    /// <summary>Reads all pages. Stops at twice the expected number of rows, so that a list without an end is found.</summary>
    public static async Task<List<T>> ReadAllAsync<T>(int pageSize, int expected, Func<string?, ValueTask<Page<T>>> read)
    {
        var seen = new List<T>();
        string? continuation = null;
        do
        {
            var page = await read(continuation);
            Expect.That(page.Items.Count <= pageSize, "A page must not exceed the page size.");
            Expect.That(page.Continuation is null || page.Items.Count == pageSize, "Every page except the last must be full.");
            seen.AddRange(page.Items);
            continuation = page.Continuation;
        }
        while (continuation is not null && seen.Count <= 2 * expected);

        return seen;
    }

    /// <summary>Expects that page sizes outside 1 to 1,000 are refused.</summary>
    public static async Task RefusesSizesAsync<T>(Func<int, ValueTask<Page<T>>> read)
    {
        foreach (var pageSize in new[] { 0, -1, 1_001 })
            await Expect.ThrowsAsync<ArgumentException>(() => read(pageSize).AsTask(), $"A page of {pageSize} rows.");
    }

    /// <summary>Expects that texts that are no continuation are refused.</summary>
    public static async Task RefusesContinuationsAsync<T>(IEnumerable<string> continuations, Func<string, ValueTask<Page<T>>> read)
    {
        foreach (var continuation in continuations)
            await Expect.ThrowsAsync<ArgumentException>(() => read(continuation).AsTask(), $"The continuation '{continuation}'.");
    }
}
