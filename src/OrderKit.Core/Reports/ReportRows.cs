using System.Runtime.CompilerServices;

namespace OrderKit.Core;

/// <summary>Reads a query page by page.</summary>
public static class ReportRows
{
    /// <summary>All rows of a query, one page in memory at a time.</summary>
    /// <param name="read">Reads the page that begins at a continuation; <see langword="null"/> for the first.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async IAsyncEnumerable<T> OfPagesAsync<T>(
        Func<string?, CancellationToken, ValueTask<Page<T>>> read, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(read);
        string? continuation = null;
        do
        {
            var page = await read(continuation, cancellationToken).ConfigureAwait(false);
            foreach (var row in page.Items)
            {
                yield return row;
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);
    }
}
