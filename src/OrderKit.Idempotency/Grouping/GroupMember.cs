using OrderKit.Core;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>One caller's part of a transaction that several callers share: what it claims, and what came of it.</summary>
/// <remarks>
/// It acts once its claims are answered. Where its transaction is rolled back because of another member, it acts again in another
/// transaction, from the beginning.
/// </remarks>
public abstract class GroupMember : GroupedItem
{
    /// <summary>What it claims. The last request names its kind.</summary>
    public required IReadOnlyList<OperationRequest> Requests { get; init; }

    /// <summary>On what terms it claims.</summary>
    public required ClaimTerms Terms { get; init; }

    /// <summary>What the store answered to each request.</summary>
    public IReadOnlyList<ClaimAnswer> Answers { get; internal set; } = [];

    /// <summary>Set by the act: what is written of its claim in addition, such as a result.</summary>
    public OperationChange? Change { get; set; }

    /// <summary>Set by the act: whether its claims are given up, so that the same request takes effect when it comes again.</summary>
    public bool GivesUp { get; set; }

    /// <summary>
    /// Set by the act: whether another writer was first. Its claims are given up, and it acts again in another transaction.
    /// </summary>
    public bool IsInConflict { get; set; }

    /// <summary>Set by the act: whether it wrote something without holding a claim.</summary>
    public bool HasWritten { get; set; }

    /// <summary>The claims that it holds in the transaction that is being written.</summary>
    internal IEnumerable<OperationClaim> Claims => Answers.Select(static answer => answer.Claim).OfType<OperationClaim>();

    internal string Scope => Requests[^1].Key.Scope;

    internal bool KeepsClaims => !GivesUp && !IsInConflict;

    /// <summary>How often another writer was first, or a deadlock of its own ended its transaction.</summary>
    internal int Attempts { get; set; }

    /// <summary>Whether its caller writes it in a transaction of its own.</summary>
    internal bool IsAlone { get; set; }

    /// <summary>Whether a commit of which nothing was heard has taken effect after all: the row has its own owner.</summary>
    internal bool IsCommitted => Answers.Zip(Requests).Any(static pair => pair.First.Existing?.Owner == pair.Second.Owner);

    /// <summary>
    /// Answers that another transaction holds a claim uncommitted; <see langword="false"/> where its caller gets the failure.
    /// </summary>
    public virtual bool AnswerHeld() => false;

    /// <summary>Concludes from the row of its last request, outside a transaction; <see langword="false"/> where it needs one.</summary>
    /// <remarks>Called where every request has a finished row with the same content.</remarks>
    protected internal virtual bool TryConclude(StoredOperation row) => false;

    internal void Reset()
    {
        Answers = [];
        Change = null;
        GivesUp = IsInConflict = HasWritten = false;
    }

    /// <summary>The rows that later members of the same transaction find.</summary>
    internal IEnumerable<StoredOperation> RowsAt(DateTimeOffset now)
    {
        foreach (var (answer, request) in Answers.Zip(Requests))
        {
            if (answer.Claim is { } claim && KeepsClaims)
            {
                var change = Change?.Key == claim.Key ? Change : null;
                yield return new StoredOperation
                {
                    Key = claim.Key,
                    Fingerprint = request.Fingerprint,
                    State = change?.To ?? Terms.State,
                    Epoch = claim.Epoch,
                    Owner = claim.Owner,
                    Attempts = claim.Attempt,
                    Result = change?.Result ?? default,
                    Error = change?.Error,
                    CreatedAt = now,
                    FinishedAt = now,
                    ExpiresAt = now + (change?.Span ?? Terms.Span),
                };
            }
        }
    }
}
