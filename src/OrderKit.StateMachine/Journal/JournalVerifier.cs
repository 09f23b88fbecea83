using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>Checks a whole journal against its seals and every order against its journal.</summary>
/// <remarks>
/// Reads page by page and holds no more than a few segments in memory. It may run beside writers: sealed rows do not change, and an order
/// is
/// read together with its rows. Safe for several threads.
/// </remarks>
/// <param name="journal">The journal.</param>
public sealed class JournalVerifier(IJournalStore journal)
{
    /// <summary>Verifies everything.</summary>
    /// <param name="options">How; the defaults where it is missing.</param>
    /// <param name="progress">Told after each page.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<VerificationReport> VerifyAsync(
        JournalVerificationOptions? options = null,
        IProgress<Progress>? progress = null,
        CancellationToken cancellationToken = default) =>
        await new JournalVerification(journal, options ?? new JournalVerificationOptions(), progress).RunAsync(
            cancellationToken).ConfigureAwait(false);

    /// <summary>How far a verification is.</summary>
    /// <param name="Segments">The segments checked.</param>
    /// <param name="LastSegment">The number of the last segment when it began.</param>
    /// <param name="SealedRows">The sealed rows checked.</param>
    /// <param name="Orders">The orders checked.</param>
    /// <param name="Findings">The findings so far.</param>
    public readonly record struct Progress(long Segments, long LastSegment, long SealedRows, long Orders, long Findings);
}
