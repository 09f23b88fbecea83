using OrderKit.Core;
using OrderKit.Core.Storage;

namespace OrderKit.Idempotency.Storage;

/// <summary>Stores operations in an <see cref="InMemoryDatabase"/>.</summary>
/// <remarks>Safe for concurrent use by several threads.</remarks>
public sealed class InMemoryOperationStore(InMemoryDatabase database) : IOperationStore
{
    private readonly Dictionary<OperationKey, StoredOperation> _rows = [];

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ClaimAnswer>> ClaimAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OperationRequest> requests, ClaimTerms terms, CancellationToken cancellationToken = default)
    {
        var unit = database.Require(unitOfWork);
        ArgumentNullException.ThrowIfNull(requests);
        OperationChecks.RequireDifferent(requests);
        var now = database.Now;
        var answers = new ClaimAnswer[requests.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i] = Claim(unit, requests[i], terms, now);
        }

        return new(answers);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<bool>> ChangeAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OperationChange> changes, CancellationToken cancellationToken = default)
    {
        var unit = database.Require(unitOfWork);
        ArgumentNullException.ThrowIfNull(changes);
        var changed = new bool[changes.Count];
        for (var i = 0; i < changed.Length; i++)
        {
            changed[i] = Change(unit, changes[i], database.Now);
        }

        return new(changed);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<bool>> ReleaseAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OperationClaim> claims, CancellationToken cancellationToken = default)
    {
        var unit = database.Require(unitOfWork);
        ArgumentNullException.ThrowIfNull(claims);
        var released = new bool[claims.Count];
        for (var i = 0; i < released.Length; i++)
        {
            var claim = claims[i];
            if (_rows.TryGetValue(claim.Key, out var row) && row.Epoch == claim.Epoch && row.Owner == claim.Owner)
            {
                Put(unit, claim.Key, null);
                released[i] = true;
            }
        }

        return new(released);
    }

    /// <inheritdoc/>
    public ValueTask<StoredOperation?> FindAsync(OperationKey key, CancellationToken cancellationToken = default) => database.ReadAsync(
        () => _rows.TryGetValue(key, out var row) && !IsExpired(row, database.Now) ? Judge(row, database.Now) : null, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredOperation>> ListInterruptedAsync(
        TenantId tenant, int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return database.ReadAsync<IReadOnlyList<StoredOperation>>(
            () =>
            [
                .. _rows.Values
                    .Where(row => row.Key.Tenant == tenant && (row.State == OperationState.Unknown
                        || (row.State == OperationState.Running && row.LeaseUntil <= database.Now)))
                    .OrderBy(row => row.CreatedAt).ThenBy(row => row.Key.Scope, StringComparer.Ordinal)
                    .ThenBy(row => row.Key.Key, StringComparer.Ordinal).Take(max)
                    .Select(row => Judge(row, database.Now)),
            ],
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return database.WriteAsync(
            () =>
            {
                var expired = _rows.Values.Where(row => IsExpired(row, database.Now)).Take(max).Select(row => row.Key).ToList();
                foreach (var key in expired)
                {
                    _rows.Remove(key);
                }

                return expired.Count;
            },
            cancellationToken);
    }

    private static bool IsExpired(StoredOperation row, DateTimeOffset now) =>
        row.State is OperationState.Succeeded or OperationState.Failed && row.ExpiresAt <= now;

    private static StoredOperation Judge(StoredOperation row, DateTimeOffset now) => row with
    {
        IsLapsed = row.LeaseUntil <= now,
        RetryAfter = row.LeaseUntil is { } until && until > now ? until - now : TimeSpan.Zero,
    };

    private ClaimAnswer Claim(InMemoryUnitOfWork unit, OperationRequest request, ClaimTerms terms, DateTimeOffset now)
    {
        var isBegunAgain = false;
        if (_rows.TryGetValue(request.Key, out var row) && !IsExpired(row, now))
        {
            isBegunAgain = row.Fingerprint.Equals(request.Fingerprint) && row.Attempts < terms.MaxAttempts && row.LeaseUntil <= now
                && (row.State == OperationState.Waiting || (row.State == OperationState.Running && terms.TakesLapsed));
            if (!isBegunAgain)
            {
                return new ClaimAnswer(null, Judge(row, now));
            }
        }

        var isFinished = terms.State != OperationState.Running;
        var until = database.After(terms.Span);
        var claimed = new StoredOperation
        {
            Key = request.Key,
            Fingerprint = request.Fingerprint,
            State = terms.State,
            Epoch = (row?.Epoch ?? 0) + 1,
            Owner = request.Owner,
            Attempts = isBegunAgain ? row!.Attempts + 1 : 1,
            LeaseUntil = isFinished ? null : until,
            Step = isBegunAgain ? row!.Step : null,
            StepContent = isBegunAgain ? row!.StepContent : default,
            CreatedAt = isBegunAgain ? row!.CreatedAt : now,
            FinishedAt = isFinished ? now : null,
            ExpiresAt = isFinished ? until : null,
        };
        Put(unit, request.Key, claimed);
        return new ClaimAnswer(claimed.Claim, null);
    }

    private bool Change(InMemoryUnitOfWork unit, OperationChange change, DateTimeOffset now)
    {
        if (!_rows.TryGetValue(change.Key, out var row) || row.Epoch != change.Epoch || row.Owner != change.Owner
            || row.State != change.From
            || (change.OnlyIfLapsed && !(row.LeaseUntil <= now)))
        {
            return false;
        }

        var until = database.After(change.Span);
        var isFinished = change.To is OperationState.Succeeded or OperationState.Failed;
        Put(unit, change.Key, row with
        {
            State = change.To,
            Epoch = change.OnlyIfLapsed ? row.Epoch + 1 : row.Epoch,
            LeaseUntil = isFinished || change.To == OperationState.Unknown ? null : until,
            FinishedAt = isFinished ? now : null,
            ExpiresAt = isFinished ? until : null,
            Result = change.Result is { } result ? result.ToArray() : row.Result,
            Error = change.Error ?? row.Error,
            Step = change.Step ?? row.Step,
            StepContent = change.Step is null ? row.StepContent : change.StepContent.ToArray(),
        });
        return true;
    }

    private void Put(InMemoryUnitOfWork unit, OperationKey key, StoredOperation? row)
    {
        _rows.Remove(key, out var before);
        if (row is not null)
        {
            _rows.Add(key, row);
        }

        unit.OnRollback(() =>
        {
            _rows.Remove(key);
            if (before is not null)
            {
                _rows.Add(key, before);
            }
        });
    }
}
