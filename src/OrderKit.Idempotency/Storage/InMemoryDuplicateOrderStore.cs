using OrderKit.Core;
using OrderKit.Core.Storage;

namespace OrderKit.Idempotency.Storage;

/// <summary>Stores guards, suspicions and decisions in an <see cref="InMemoryDatabase"/>.</summary>
public sealed class InMemoryDuplicateOrderStore(InMemoryDatabase database, InMemoryOutboxStore outbox)
    : IDuplicateOrderStore, IDuplicateOrderQueryStore
{
    private readonly Dictionary<(TenantId Tenant, string Rule, Digest Subject), Guard> _guards = [];
    private readonly List<Suspicion> _suspicions = [];
    private readonly Dictionary<OrderKey, List<DuplicateAct>> _acts = [];
    private long _lastNumber;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<GuardFinding?>> GuardAsync(
        UnitOfWork unitOfWork, IReadOnlyList<DuplicateGuard> guards, CancellationToken cancellationToken = default)
    {
        var unit = database.Require(unitOfWork);
        ArgumentNullException.ThrowIfNull(guards);
        cancellationToken.ThrowIfCancellationRequested();
        var findings = new GuardFinding?[guards.Count];
        for (var i = 0; i < findings.Length; i++)
        {
            findings[i] = Ask(unit, guards[i]);
        }

        return new(findings);
    }

    /// <inheritdoc/>
    public ValueTask<int> ReleaseAsync(
        UnitOfWork unitOfWork, OrderKey order, IReadOnlyList<string> rules, CancellationToken cancellationToken = default)
    {
        var unit = database.Require(unitOfWork);
        ArgumentNullException.ThrowIfNull(rules);
        cancellationToken.ThrowIfCancellationRequested();
        var released = 0;
        foreach (var (key, guard) in _guards.ToList())
        {
            if (guard.Order == order && key.Tenant == order.Tenant && !guard.IsClosed && rules.Contains(key.Rule, StringComparer.Ordinal))
            {
                Put(unit, key, guard with { IsClosed = true });
                released++;
            }
        }

        return new(released);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<bool>> SaveAsync(
        UnitOfWork unitOfWork, IReadOnlyList<SuspectedDuplicate> suspicions, IReadOnlyList<OutboxMessage> messages,
        CancellationToken cancellationToken = default)
    {
        var unit = database.Require(unitOfWork);
        ArgumentNullException.ThrowIfNull(suspicions);
        ArgumentNullException.ThrowIfNull(messages);
        cancellationToken.ThrowIfCancellationRequested();
        var isNew = new bool[suspicions.Count];
        for (var i = 0; i < isNew.Length; i++)
        {
            var suspicion = suspicions[i];
            if (_suspicions.Exists(row => row.Pair.Order == suspicion.Order && row.Pair.Rule == suspicion.Rule))
            {
                continue;
            }

            isNew[i] = true;
            var added = new Suspicion(++_lastNumber)
            {
                Pair = suspicion with
                {
                    FoundAt = Instants.ToMicroseconds(suspicion.FoundAt),
                    AutoReleaseAt = suspicion.AutoReleaseAt is { } end ? Instants.ToMicroseconds(end) : null,
                },
            };
            _suspicions.Add(added);
            unit.OnRollback(() => _suspicions.Remove(added));
        }

        if (isNew.Contains(true))
        {
            outbox.Append(unit, messages);
        }

        return new(isNew);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SuspectedDuplicate>> LoadAsync(
        UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default)
    {
        database.Require(unitOfWork);
        return new([
            .. _suspicions.Where(row => row.Pair.Order == order).Select(row => row.Pair).OrderBy(pair => pair.Rule, StringComparer.Ordinal),
        ]);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DuplicateAct>> LoadActsAsync(
        UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default)
    {
        database.Require(unitOfWork);
        return new(ActsOf(order));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<bool>> DecideAsync(
        UnitOfWork unitOfWork, IReadOnlyList<DuplicateDecision> decisions, CancellationToken cancellationToken = default)
    {
        var unit = database.Require(unitOfWork);
        ArgumentNullException.ThrowIfNull(decisions);
        cancellationToken.ThrowIfCancellationRequested();
        var decided = new bool[decisions.Count];
        for (var i = 0; i < decided.Length; i++)
        {
            decided[i] = Decide(unit, decisions[i]);
        }

        return new(decided);
    }

    /// <inheritdoc/>
    public ValueTask<Page<SuspectedDuplicate>> QueryAsync(DuplicateOrderQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        Continuations.RequirePageSize(query.PageSize, nameof(query));
        var (instant, number) = query.Continuation is { } text ? Continuations.Read(text) : (null, 0);
        var after = (instant ?? DateTimeOffset.MinValue, number);
        return database.ReadAsync(
            () =>
            {
                var found = _suspicions.Where(row => Matches(query, row.Pair) && Position(row).CompareTo(after) > 0).OrderBy(Position)
                    .Take(query.PageSize + 1).ToList();
                return Continuations.Page(
                    found, query.PageSize, static row => row.Pair, static row => Continuations.Write(row.Pair.FoundAt, row.Number));
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SuspectedDuplicate>> DueAsync(int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        return database.ReadAsync<IReadOnlyList<SuspectedDuplicate>>(
            () => [.. _suspicions.Where(row => row.Pair.State == SuspicionState.Held && row.Pair.AutoReleaseAt <= database.Now)
                .OrderBy(row => (row.Pair.AutoReleaseAt, row.Number)).Take(max).Select(row => row.Pair)],
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DuplicateAct>> ReadActsAsync(OrderKey order, CancellationToken cancellationToken = default) =>
        database.ReadAsync(() => ActsOf(order), cancellationToken);

    private static bool Matches(DuplicateOrderQuery query, SuspectedDuplicate pair) =>
        pair.Order.Tenant == query.Tenant
        && (query.State is null || pair.State == query.State)
        && (query.Order is not { } order || pair.Order == order || pair.Earlier == order)
        && (query.Rule is null || pair.Rule == query.Rule)
        && (query.PaymentChannel is null || pair.PaymentChannel == query.PaymentChannel)
        && (query.Amount is null || pair.Amount == query.Amount)
        && (query.From is not { } from || pair.FoundAt >= Instants.ToMicroseconds(from))
        && (query.Before is not { } before || pair.FoundAt < Instants.ToMicroseconds(before));

    private static (DateTimeOffset FoundAt, long Number) Position(Suspicion row) => (row.Pair.FoundAt, row.Number);

    private GuardFinding? Ask(InMemoryUnitOfWork unit, DuplicateGuard asked)
    {
        var now = database.Now;
        var at = asked.At is { } given ? Instants.ToMicroseconds(given) : now;
        var key = (asked.Order.Tenant, asked.Rule, asked.Subject);
        if (!_guards.TryGetValue(key, out var guard))
        {
            Put(unit, key, new Guard(asked.Order, at, false, 1));
            return null;
        }

        var isAway = (at - guard.LastAt).Duration() >= asked.Window;
        if (guard.IsClosed || (isAway && guard.Order != asked.Order))
        {
            // An order that was placed long before the guarding order does not replace it.
            Put(unit, key, guard.IsClosed || at >= guard.LastAt
                ? new Guard(asked.Order, at, false, guard.Count + 1)
                : guard with { Count = guard.Count + 1 });
            return null;
        }

        if (asked.ExtendsWindow && guard.Order != asked.Order && at > guard.LastAt)
        {
            Put(unit, key, guard with { LastAt = at, Count = guard.Count + 1 });
        }

        return new GuardFinding(guard.Order, guard.LastAt, at, now);
    }

    private void Put(InMemoryUnitOfWork unit, (TenantId Tenant, string Rule, Digest Subject) key, Guard guard)
    {
        var before = _guards.GetValueOrDefault(key);
        _guards[key] = guard;
        unit.OnRollback(() =>
        {
            if (before is null)
            {
                _guards.Remove(key);
            }
            else
            {
                _guards[key] = before;
            }
        });
    }

    private bool Decide(InMemoryUnitOfWork unit, DuplicateDecision decision)
    {
        var held = _suspicions.FindAll(row => row.Pair.Order == decision.Order && row.Pair.State == SuspicionState.Held);
        if (held.Count == 0)
        {
            return false;
        }

        foreach (var row in held)
        {
            var before = row.Pair;
            row.Pair = before with { State = decision.Decision };
            unit.OnRollback(() => row.Pair = before);
        }

        if (!_acts.TryGetValue(decision.Order, out var acts))
        {
            _acts.Add(decision.Order, acts = []);
        }

        acts.Add(new DuplicateAct(decision.Order, decision.Decision, decision.Operator, decision.Reason, database.Now));
        unit.OnRollback(() => acts.RemoveAt(acts.Count - 1));
        outbox.Append(unit, decision.Messages);
        return true;
    }

    private IReadOnlyList<DuplicateAct> ActsOf(OrderKey order) => _acts.TryGetValue(order, out var acts) ? [.. acts] : [];

    private sealed record Guard(OrderKey Order, DateTimeOffset LastAt, bool IsClosed, long Count);

    private sealed class Suspicion(long number)
    {
        public long Number { get; } = number;

        public required SuspectedDuplicate Pair { get; set; }
    }
}
