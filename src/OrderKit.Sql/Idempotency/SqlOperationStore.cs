using System.Collections.Concurrent;
using System.Globalization;
using OrderKit.Core;
using OrderKit.Idempotency;

namespace OrderKit.Sql;

/// <summary>Stores operations in SQL.</summary>
/// <remarks>
/// One statement claims an operation: it inserts the row, or takes over a row whose result has expired or whose attempt has ended. A
/// caller that loses reads the row with another statement, because the same statement would see the state before it waited.
/// </remarks>
internal sealed class SqlOperationStore(SqlDatabase database) : IOperationStore
{
    private const int Tries = 8;

    private static readonly ConcurrentDictionary<(ClaimTerms Terms, bool Sets, bool IsOne), string> Claims = new();

    private static readonly string Find =
        $"SELECT {OperationColumns.Select} FROM {{operations}} o WHERE o.tenant = $1 AND o.scope = $2 AND o.key = $3";

    private static readonly string FindMany = FindRows();

    private static readonly string ChangeOne = UpdateOne();
    private static readonly ConcurrentDictionary<SqlRows, string> Changes = new();

    private const string Release = "DELETE FROM {operations} WHERE tenant = $1 AND scope = $2 AND key = $3 AND epoch = $4 AND owner = $5";

    private const string Interrupted = $$"""
        SELECT {{OperationColumns.Select}} FROM {operations} o
        WHERE o.tenant = $1 AND o.state IN (1, 5) AND (o.state = 5 OR o.lease_until <= {now})
        ORDER BY o.created_at, o.scope, o.key LIMIT $2
        """;

    // The condition on the state matches the partial index. Clock and limit are sub-queries, as in the outbox, so that the index scan stops
    // at rows that have not expired and at the limit. Rows that another sweeper has locked are skipped.
    private const string SweepMany = """
        DELETE FROM {operations} WHERE ctid = ANY (ARRAY(
            SELECT o.ctid FROM {operations} o WHERE o.state IN (2, 3) AND o.expires_at <= (SELECT {now})
            ORDER BY o.expires_at LIMIT (SELECT $1) FOR UPDATE SKIP LOCKED))
        """;

    private const string SweepOneByOne = """
        DELETE FROM {operations} WHERE (key, scope, tenant) IN (
            SELECT o.key, o.scope, o.tenant FROM {operations} o WHERE o.state IN (2, 3) AND o.expires_at <= (SELECT {now})
            ORDER BY o.expires_at LIMIT (SELECT $1))
        """;

    public bool FindsBeforeClaims => !Sets;

    private bool Sets => database.Dialect.WritesSets;

    public async ValueTask<IReadOnlyList<ClaimAnswer>> ClaimAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OperationRequest> requests, ClaimTerms terms, CancellationToken cancellationToken = default)
    {
        var session = database.On(unitOfWork);
        OperationChecks.RequireDifferent(requests);
        var answers = new ClaimAnswer[requests.Count];
        var open = Enumerable.Range(0, requests.Count).ToList();
        for (var tries = 0; open.Count > 0; tries++)
        {
            if (tries == Tries)
            {
                throw new InvalidOperationException(
                    $"The operation {requests[open[0]].Key} could be neither claimed nor read in {Tries} tries. Other transactions claim "
                    + "and release it all the time, or the isolation level hides them. Use READ COMMITTED and repeat the request.");
            }

            await ClaimAsync(session, requests, open, terms, answers, cancellationToken).ConfigureAwait(false);
            open.RemoveAll(i => answers[i].Claim is not null);
            if (open.Count > 0)
            {
                await ReadAsync(session, requests, open, answers, cancellationToken).ConfigureAwait(false);

                // The other claim was rolled back meanwhile, or the result has just expired. The key is free again.
                open.RemoveAll(i => answers[i].Existing is { IsExpired: false });
            }
        }

        return answers;
    }

    public async ValueTask<IReadOnlyList<bool>> ChangeAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OperationChange> changes, CancellationToken cancellationToken = default)
    {
        var session = database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(changes);
        var changed = new bool[changes.Count];
        if (!Sets)
        {
            for (var i = 0; i < changed.Length; i++)
            {
                var call = session.Call(ChangeOne);
                OperationColumns.Changes.Bind(call, 1, changes[i]);
                changed[i] = await call.ExecuteAsync(cancellationToken).ConfigureAwait(false) > 0;
            }

            return changed;
        }

        if (changed.Length == 0)
        {
            return changed;
        }

        var values = new List<object>(OperationColumns.Changes.Count);
        var shape = OperationColumns.Changes.AddRows(values, changes, session.Dialect);
        var written = await session.Call(Changes.GetOrAdd(shape, static rows => UpdateRows(rows))).With([.. values])
            .ListAsync(static row => (OperationColumns.ReadKey(row), Epoch: row.Int64(3)), cancellationToken).ConfigureAwait(false);
        var found = written.ToHashSet();
        for (var i = 0; i < changed.Length; i++)
        {
            changed[i] = found.Contains((changes[i].Key, changes[i].Epoch + (changes[i].OnlyIfLapsed ? 1 : 0)));
        }

        return changed;
    }

    public async ValueTask<IReadOnlyList<bool>> ReleaseAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OperationClaim> claims, CancellationToken cancellationToken = default)
    {
        var session = database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(claims);
        var released = new bool[claims.Count];
        for (var i = 0; i < released.Length; i++)
        {
            var call = session.Call(Release);
            OperationColumns.Claims.Bind(call, 1, claims[i]);
            released[i] = await call.ExecuteAsync(cancellationToken).ConfigureAwait(false) > 0;
        }

        return released;
    }

    public async ValueTask<StoredOperation?> FindAsync(OperationKey key, CancellationToken cancellationToken = default)
    {
        var found = await database.ReadAsync(
            session => FindAsync(session, key, cancellationToken), cancellationToken).ConfigureAwait(false);
        return found is { IsExpired: false } ? found : null;
    }

    public async ValueTask<IReadOnlyList<StoredOperation>> ListInterruptedAsync(
        TenantId tenant, int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return await database.ReadAsync(
            session =>
                session.Call(Interrupted).With(tenant.Value, max).ListAsync(static row => OperationColumns.Read(row), cancellationToken),
            cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return database.WriteAsync(
            session => session.Call(Sets ? SweepMany : SweepOneByOne).With(max).ExecuteAsync(cancellationToken), cancellationToken);
    }

    private static ValueTask<StoredOperation?> FindAsync(SqlSession session, OperationKey key, CancellationToken cancellationToken) =>
        session.Call(Find).With(key.Tenant.Value, key.Scope, key.Key).FirstAsync(
            static row => OperationColumns.Read(row), cancellationToken);

    private async ValueTask ClaimAsync(
        SqlSession session, IReadOnlyList<OperationRequest> requests, List<int> open, ClaimTerms terms, ClaimAnswer[] answers,
        CancellationToken cancellationToken)
    {
        var isOne = open.Count == 1 || !Sets;
        var sql = Claims.GetOrAdd(
            (terms with { Span = default, MaxAttempts = 0 }, Sets, isOne), static key => InsertRows(key.Terms, key.Sets, key.IsOne));
        if (!Sets)
        {
            foreach (var i in open)
            {
                var call = session.Call(sql);
                OperationColumns.Requests.Bind(call, 1, requests[i]);
                call.Set(OperationColumns.Requests.Count + 1, terms.Span);
                call.Set(OperationColumns.Requests.Count + 2, terms.MaxAttempts);
                answers[i] = new ClaimAnswer(
                    await call.FirstAsync(row => ReadClaim(row, requests[i].Owner), cancellationToken).ConfigureAwait(false), null);
            }

            return;
        }

        var wanted = open.Select(i => requests[i]).ToList();
        var values = new List<object>(OperationColumns.Requests.Count + 2);
        OperationColumns.Requests.AddRows(values, wanted, session.Dialect);
        values.Add(session.Dialect.FromDuration(terms.Span));
        values.Add(terms.MaxAttempts);
        var places = open.ToDictionary(i => requests[i].Key);
        foreach (var claim in await session.Call(sql).With([.. values])
            .ListAsync(static row => ReadClaim(row, Guid.Empty), cancellationToken).ConfigureAwait(false))
        {
            var i = places[claim.Key];
            answers[i] = new ClaimAnswer(claim with { Owner = requests[i].Owner }, null);
        }
    }

    private async ValueTask ReadAsync(
        SqlSession session, IReadOnlyList<OperationRequest> requests, List<int> open, ClaimAnswer[] answers,
        CancellationToken cancellationToken)
    {
        if (!Sets || open.Count == 1)
        {
            foreach (var i in open)
            {
                answers[i] = new ClaimAnswer(null, await FindAsync(session, requests[i].Key, cancellationToken).ConfigureAwait(false));
            }

            return;
        }

        var values = new List<object>(OperationColumns.Keys.Count);
        OperationColumns.Keys.AddRows(values, open.Select(i => requests[i].Key).ToList(), session.Dialect);
        var rows = await session.Call(FindMany).With([.. values]).ListAsync(
            static row => OperationColumns.Read(row), cancellationToken).ConfigureAwait(false);
        var found = rows.ToDictionary(row => row.Key);
        foreach (var i in open)
        {
            answers[i] = new ClaimAnswer(null, found.GetValueOrDefault(requests[i].Key));
        }
    }

    private static OperationClaim ReadClaim(SqlRow row, Guid owner) =>
        new(OperationColumns.ReadKey(row), row.Int64(3), owner, row.Int32(4), row.NullableText(5), row.NullableBytes(6));

    private static string InsertRows(ClaimTerms terms, bool sets, bool isOneRow)
    {
        var next = 1;
        var names = OperationColumns.Requests.Names;
        var rows = sets ? OperationColumns.Requests.Table(ref next, isOneRow ? OperationColumns.Requests.Whole : SqlRows.Many, []) : "";
        var (span, most) = (OperationColumns.Requests.Count + 1, OperationColumns.Requests.Count + 2);
        var isRunning = terms.State == OperationState.Running;
        var until = string.Create(CultureInfo.InvariantCulture, $"{{now}} + ${span}");
        var times = isRunning ? $"{until}, NULL, NULL" : $"NULL, {{now}}, {until}";
        var fixedValues = string.Create(CultureInfo.InvariantCulture, $"{(int)terms.State}, 1, 1, {{now}}, {times}");

        var isFree = Reclaimable("e", "r", terms, most);

        // Sorted by key, so that two callers that claim the same set cannot deadlock. Keys that are clearly taken are excluded first,
        // because a conflict locks the row, which is a write, and most duplicates come long after the first request.
        var source = sets
            ? $"""
              SELECT {OperationColumns.Requests.NamesOf("r")}, {fixedValues} FROM {rows}
              WHERE (
                  SELECT CASE WHEN {isFree} THEN 0 ELSE 1 END FROM {"{operations}"} e
                  WHERE e.tenant = r.tenant AND e.scope = r.scope AND e.key = r.key LIMIT 1) IS DISTINCT FROM 1
              ORDER BY r.key, r.scope, r.tenant
              """
            : $"VALUES ({OperationColumns.Requests.Parameters(1)}, {fixedValues})";
        return string.Create(CultureInfo.InvariantCulture, $$"""
            INSERT INTO {operations} AS o ({{names}}, state, epoch, attempts, created_at, lease_until, finished_at, expires_at)
            {{source}}
            ON CONFLICT (key, scope, tenant) DO UPDATE SET
                fingerprint = excluded.fingerprint, owner = excluded.owner, state = excluded.state, epoch = o.epoch + 1,
                attempts = CASE WHEN o.state IN (2, 3) THEN 1 ELSE o.attempts + 1 END,
                created_at = CASE WHEN o.state IN (2, 3) THEN excluded.created_at ELSE o.created_at END,
                step = CASE WHEN o.state IN (2, 3) THEN NULL ELSE o.step END,
                step_content = CASE WHEN o.state IN (2, 3) THEN NULL ELSE o.step_content END,
                lease_until = excluded.lease_until, finished_at = excluded.finished_at, expires_at = excluded.expires_at,
                result = NULL, error = NULL
            WHERE {{Reclaimable("o", "excluded", terms, most)}}
            RETURNING tenant, scope, key, epoch, attempts, step, step_content
            """);
    }

    /// <summary>
    /// Returns the condition on which a row may be claimed again: its result has expired, or its attempt has ended and the request is the
    /// same.
    /// </summary>
    private static string Reclaimable(string row, string asked, ClaimTerms terms, int most) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        ({row}.state IN (2, 3) AND {row}.expires_at <= {"{now}"}) OR ({row}.state IN ({(terms.TakesLapsed ? "1, 4" : "4")})
            AND {row}.lease_until <= {"{now}"} AND {row}.attempts < ${most} AND {row}.fingerprint = {asked}.fingerprint)
        """);

    private static string FindRows()
    {
        var next = 1;
        return $"""
            SELECT {OperationColumns.Select} FROM {OperationColumns.Keys.Table(ref next, SqlRows.Many, [])}
            CROSS JOIN LATERAL (
                SELECT * FROM {"{operations}"} s WHERE s.tenant = r.tenant AND s.scope = r.scope AND s.key = r.key LIMIT 1) o
            """;
    }

    // The parameters are the columns of OperationColumns.Changes, in their order.
    private static string UpdateOne() => $$"""
        UPDATE {operations} SET {{Assignments("", "$7", "{now} + $8", "$9", "$10", "$11", "$12", "$13")}}
        WHERE tenant = $1 AND scope = $2 AND key = $3 AND epoch = $4 AND owner = $5 AND state = $6 AND ($9 = 0 OR lease_until <= {now})
        """;

    private static string UpdateRows(SqlRows shape)
    {
        var next = 1;
        var rows = OperationColumns.Changes.Table(ref next, shape, []);
        var until = "{now} + r.span * interval '1 microsecond'";

        // The keys are also an array, because a planner without statistics might otherwise read the whole table.
        var keys = shape.IsOne ? "" : " AND o.key = ANY ($3::text[])";
        var set = Assignments("o.", "r.to_state", until, "r.lapsed", "r.result", "r.error", "r.step", "r.step_content");
        return $$"""
            UPDATE {operations} o SET {{set}}
            FROM {{rows}}
            WHERE o.tenant = r.tenant AND o.scope = r.scope AND o.key = r.key{{keys}}
                AND o.epoch = r.epoch AND o.owner = r.owner AND o.state = r.from_state AND (r.lapsed = 0 OR o.lease_until <= {now})
            RETURNING o.tenant, o.scope, o.key, o.epoch
            """;
    }

    private static string Assignments(
        string row, string to, string until, string lapsed, string result, string error, string step, string content) => $$"""
        state = {{to}}, epoch = {{row}}epoch + {{lapsed}},
            lease_until = CASE WHEN {{to}} IN (1, 4) THEN {{until}} END,
            finished_at = CASE WHEN {{to}} IN (2, 3) THEN {now} END,
            expires_at = CASE WHEN {{to}} IN (2, 3) THEN {{until}} END,
            result = COALESCE({{result}}, {{row}}result), error = COALESCE({{error}}, {{row}}error),
            step = COALESCE({{step}}, {{row}}step),
            step_content = CASE WHEN {{step}} IS NULL THEN {{row}}step_content ELSE {{content}} END
        """;
}
