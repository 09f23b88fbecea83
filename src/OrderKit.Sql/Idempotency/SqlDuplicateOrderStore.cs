using OrderKit.Core;
using OrderKit.Idempotency;

namespace OrderKit.Sql;

/// <summary>The write side of duplicate orders in SQL.</summary>
/// <remarks>
/// One upsert claims a guard. A caller that loses changes nothing but locks the row until its transaction ends, so what it reads of the
/// row afterwards is still true. No statement here can make a host's transaction fail.
/// </remarks>
internal sealed class SqlDuplicateOrderStore(SqlDatabase database) : IDuplicateOrderStore
{
    private const string TakeAt = """
        INSERT INTO {duplicate_guards} AS g (tenant, rule, subject, order_id, last_at, is_closed, orders)
        VALUES ($1, $2, $3, $4, $6, FALSE, 1)
        """ + OnConflict;

    private const string TakeNow = """
        INSERT INTO {duplicate_guards} AS g (tenant, rule, subject, order_id, last_at, is_closed, orders)
        VALUES ($1, $2, $3, $4, {now}, FALSE, 1)
        """ + OnConflict;

    // The clock is read once, for the row to insert, so both ends of the window use the same instant.
    private const string OnConflict = """

        ON CONFLICT (tenant, rule, subject) DO UPDATE SET
            order_id = CASE WHEN g.is_closed OR excluded.last_at >= g.last_at THEN excluded.order_id ELSE g.order_id END,
            last_at = CASE WHEN g.is_closed OR excluded.last_at >= g.last_at THEN excluded.last_at ELSE g.last_at END,
            is_closed = FALSE, orders = g.orders + 1
        WHERE g.is_closed
            OR (g.order_id <> excluded.order_id AND (g.last_at <= excluded.last_at - $5 OR g.last_at >= excluded.last_at + $5))
        RETURNING orders
        """;

    private const string Find = "SELECT order_id, last_at, {now} FROM {duplicate_guards} WHERE tenant = $1 AND rule = $2 AND subject = $3";

    private const string Extend =
        "UPDATE {duplicate_guards} SET last_at = $4, orders = orders + 1 WHERE tenant = $1 AND rule = $2 AND subject = $3 AND last_at < $4";

    private const string Release =
        "UPDATE {duplicate_guards} SET is_closed = TRUE WHERE tenant = $1 AND order_id = $2 AND rule = $3 AND NOT is_closed";

    private const string ReleaseMany =
        "UPDATE {duplicate_guards} SET is_closed = TRUE WHERE tenant = $1 AND order_id = $2 AND rule = ANY ($3::text[]) AND NOT is_closed";

    private static readonly string AddSuspicion =
        $"INSERT INTO {{suspected_duplicates}} ({DuplicateColumns.Suspicions.Names}) VALUES ({DuplicateColumns.Suspicions.Parameters(1)}) "
        + "ON CONFLICT DO NOTHING RETURNING suspicion_no";

    private static readonly string AddMessage =
        $"INSERT INTO {{outbox}} ({OrderParts.Messages.Names}, created_at, due_at) "
        + $"VALUES ({OrderParts.Messages.Parameters(1)}, {{now}}, {{now}})";

    private static readonly string Load =
        $"SELECT {DuplicateColumns.Suspicions.Names} FROM {{suspected_duplicates}} WHERE tenant = $1 AND order_id = $2 ORDER BY rule";

    internal const string LoadActs =
        $"SELECT {DuplicateColumns.Act} FROM {{duplicate_acts}} WHERE tenant = $1 AND order_id = $2 ORDER BY act_no";

    // 1 is SuspicionState.Held. It is a literal because the index of held orders is partial.
    private const string Decide = "UPDATE {suspected_duplicates} SET state = $3 WHERE tenant = $1 AND order_id = $2 AND state = 1";

    private const string AddAct = $"INSERT INTO {{duplicate_acts}} ({DuplicateColumns.Act}) VALUES ($1, $2, $3, $4, $5, {{now}})";

    public async ValueTask<IReadOnlyList<GuardFinding?>> GuardAsync(
        UnitOfWork unitOfWork, IReadOnlyList<DuplicateGuard> guards, CancellationToken cancellationToken = default)
    {
        var session = database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(guards);
        foreach (var guard in guards)
        {
            SqlValue.Text(guard.Rule);
        }

        var findings = new GuardFinding?[guards.Count];
        for (var i = 0; i < findings.Length; i++)
        {
            findings[i] = await AskAsync(session, guards[i], cancellationToken).ConfigureAwait(false);
        }

        return findings;
    }

    public async ValueTask<int> ReleaseAsync(
        UnitOfWork unitOfWork, OrderKey order, IReadOnlyList<string> rules, CancellationToken cancellationToken = default)
    {
        var session = database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(rules);
        if (database.Dialect.WritesSets)
        {
            return await session.Call(ReleaseMany).With(order.Tenant.Value, order.Order.Value, rules.Select(SqlValue.Text).ToArray())
                .ExecuteAsync(cancellationToken).ConfigureAwait(false);
        }

        var released = 0;
        foreach (var rule in rules)
        {
            released += await session.Call(Release).With(
                order.Tenant.Value, order.Order.Value, rule).ExecuteAsync(cancellationToken).ConfigureAwait(false);
        }

        return released;
    }

    public async ValueTask<IReadOnlyList<bool>> SaveAsync(
        UnitOfWork unitOfWork, IReadOnlyList<SuspectedDuplicate> suspicions, IReadOnlyList<OutboxMessage> messages,
        CancellationToken cancellationToken = default)
    {
        var session = database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(suspicions);
        ArgumentNullException.ThrowIfNull(messages);
        foreach (var suspicion in suspicions)
        {
            DuplicateColumns.Suspicions.RequireStorable(suspicion);
        }

        RequireStorable(messages);
        var isNew = new bool[suspicions.Count];
        for (var i = 0; i < isNew.Length; i++)
        {
            var call = session.Call(AddSuspicion);
            DuplicateColumns.Suspicions.Bind(call, 1, suspicions[i]);
            isNew[i] = await call.NumberAsync(cancellationToken).ConfigureAwait(false) is not null;
        }

        if (isNew.Contains(true))
        {
            await SendAsync(session, messages, cancellationToken).ConfigureAwait(false);
        }

        return isNew;
    }

    public async ValueTask<IReadOnlyList<SuspectedDuplicate>> LoadAsync(
        UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default) =>
        await database.On(unitOfWork).Call(Load).With(order.Tenant.Value, order.Order.Value)
            .ListAsync(static row => DuplicateColumns.ReadSuspicion(row), cancellationToken).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<DuplicateAct>> LoadActsAsync(
        UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default) =>
        await database.On(unitOfWork).Call(LoadActs).With(order.Tenant.Value, order.Order.Value)
            .ListAsync(static row => DuplicateColumns.ReadAct(row), cancellationToken).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<bool>> DecideAsync(
        UnitOfWork unitOfWork, IReadOnlyList<DuplicateDecision> decisions, CancellationToken cancellationToken = default)
    {
        var session = database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(decisions);
        foreach (var decision in decisions)
        {
            SqlValue.Text(decision.Operator);
            SqlValue.Text(decision.Reason);
            RequireStorable(decision.Messages);
        }

        var decided = new bool[decisions.Count];
        for (var i = 0; i < decided.Length; i++)
        {
            decided[i] = await DecideAsync(session, decisions[i], cancellationToken).ConfigureAwait(false);
        }

        return decided;
    }

    private static async ValueTask<GuardFinding?> AskAsync(SqlSession session, DuplicateGuard guard, CancellationToken cancellationToken)
    {
        var (tenant, subject) = (guard.Order.Tenant.Value, guard.Subject.ToArray());
        var take = guard.At is { } given
            ? session.Call(TakeAt).With(tenant, guard.Rule, subject, guard.Order.Order.Value, guard.Window, given)
            : session.Call(TakeNow).With(tenant, guard.Rule, subject, guard.Order.Order.Value, guard.Window);
        if (await take.NumberAsync(cancellationToken).ConfigureAwait(false) is not null)
        {
            return null;
        }

        // A new statement, because on PostgreSQL the losing statement does not see the row of the winner.
        var (order, lastAt, now) = await session.Call(Find).With(tenant, guard.Rule, subject)
            .FirstAsync(
                static row => (OrderId.Parse(row.Text(0)), row.Instant(1), row.Instant(2)), cancellationToken).ConfigureAwait(false);
        var at = guard.At is { } placedAt ? Instants.ToMicroseconds(placedAt) : now;
        if (guard.ExtendsWindow && order != guard.Order.Order && at > lastAt)
        {
            await session.Call(Extend).With(tenant, guard.Rule, subject, at).ExecuteAsync(cancellationToken).ConfigureAwait(false);
        }

        return new GuardFinding(new OrderKey(guard.Order.Tenant, order), lastAt, at, now);
    }

    private static async ValueTask<bool> DecideAsync(SqlSession session, DuplicateDecision decision, CancellationToken cancellationToken)
    {
        var (tenant, order) = (decision.Order.Tenant.Value, decision.Order.Order.Value);
        if (await session.Call(Decide).With(tenant, order, (int)decision.Decision)
            .ExecuteAsync(cancellationToken).ConfigureAwait(false) == 0)
        {
            return false;
        }

        await session.Call(AddAct).With(tenant, order, (int)decision.Decision, decision.Operator, decision.Reason)
            .ExecuteAsync(cancellationToken).ConfigureAwait(false);
        await SendAsync(session, decision.Messages, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static async ValueTask SendAsync(SqlSession session, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        foreach (var message in messages)
        {
            var call = session.Call(AddMessage);
            OrderParts.Messages.Bind(call, 1, message);
            await call.ExecuteAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static void RequireStorable(IReadOnlyList<OutboxMessage> messages)
    {
        foreach (var message in messages)
        {
            OrderParts.Messages.RequireStorable(message);
        }
    }
}
