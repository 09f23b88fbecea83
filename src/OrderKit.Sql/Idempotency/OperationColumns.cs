using OrderKit.Core;
using OrderKit.Idempotency;

namespace OrderKit.Sql;

/// <summary>The columns of operations, requests, claims and changes.</summary>
internal static class OperationColumns
{
    internal static readonly SqlColumns<OperationRequest> Requests = new(
        SqlColumn<OperationRequest>.Text("tenant", r => r.Key.Tenant.Value),
        SqlColumn<OperationRequest>.Text("scope", r => r.Key.Scope),
        SqlColumn<OperationRequest>.Text("key", r => r.Key.Key),
        SqlColumn<OperationRequest>.Bytes("fingerprint", r => SqlValue.Bytes(r.Fingerprint.Bytes)),
        SqlColumn<OperationRequest>.Bytes("owner", r => r.Owner.ToByteArray()));

    internal static readonly SqlColumns<OperationKey> Keys = new(
        SqlColumn<OperationKey>.Text("tenant", k => k.Tenant.Value),
        SqlColumn<OperationKey>.Text("scope", k => k.Scope),
        SqlColumn<OperationKey>.Text("key", k => k.Key));

    internal static readonly SqlColumns<OperationClaim> Claims = new(
        SqlColumn<OperationClaim>.Text("tenant", c => c.Key.Tenant.Value),
        SqlColumn<OperationClaim>.Text("scope", c => c.Key.Scope),
        SqlColumn<OperationClaim>.Text("key", c => c.Key.Key),
        SqlColumn<OperationClaim>.Number("epoch", c => c.Epoch),
        SqlColumn<OperationClaim>.Bytes("owner", c => c.Owner.ToByteArray()));

    internal static readonly SqlColumns<OperationChange> Changes = new(
        SqlColumn<OperationChange>.Text("tenant", c => c.Key.Tenant.Value),
        SqlColumn<OperationChange>.Text("scope", c => c.Key.Scope),
        SqlColumn<OperationChange>.Text("key", c => c.Key.Key),
        SqlColumn<OperationChange>.Number("epoch", c => c.Epoch),
        SqlColumn<OperationChange>.Bytes("owner", c => c.Owner.ToByteArray()),
        SqlColumn<OperationChange>.Number("from_state", c => (long)c.From),
        SqlColumn<OperationChange>.Number("to_state", c => (long)c.To),
        SqlColumn<OperationChange>.Number("span", c => Microseconds(c.Span)),
        SqlColumn<OperationChange>.Number("lapsed", c => c.OnlyIfLapsed ? 1 : 0),
        SqlColumn<OperationChange>.Bytes("result", c => c.Result is { } result ? SqlValue.Bytes(result) : null),
        SqlColumn<OperationChange>.Text("error", c => c.Error is null ? null : SqlText.Storable(c.Error)),
        SqlColumn<OperationChange>.Text("step", c => c.Step),
        SqlColumn<OperationChange>.Bytes("step_content", c => c.Step is null ? null : SqlValue.Bytes(c.StepContent)));

    /// <summary>The columns in the order in which <see cref="Read"/> reads them.</summary>
    internal const string Select =
        "o.tenant, o.scope, o.key, o.fingerprint, o.state, o.epoch, o.owner, o.attempts, o.lease_until, o.step, o.step_content, "
        + "o.result, o.error, o.created_at, o.finished_at, o.expires_at, {now}";

    internal static OperationKey ReadKey(SqlRow row, int from = 0) =>
        new(new TenantId(row.Text(from)), row.Text(from + 1), row.Text(from + 2));

    internal static StoredOperation Read(SqlRow row)
    {
        var (until, expiresAt, now) = (row.NullableInstant(8), row.NullableInstant(15), row.Instant(16));
        return new StoredOperation
        {
            Key = ReadKey(row),
            Fingerprint = Fingerprint.FromBytes(row.Bytes(3)),
            State = (OperationState)row.Int64(4),
            Epoch = row.Int64(5),
            Owner = new Guid(row.Bytes(6)),
            Attempts = row.Int32(7),
            LeaseUntil = until,
            IsLapsed = until <= now,
            RetryAfter = until > now ? until.Value - now : TimeSpan.Zero,
            Step = row.NullableText(9),
            StepContent = row.NullableBytes(10),
            Result = row.NullableBytes(11),
            Error = row.NullableText(12),
            CreatedAt = row.Instant(13),
            FinishedAt = row.NullableInstant(14),
            ExpiresAt = expiresAt,
            IsExpired = expiresAt <= now,
        };
    }

    // The limit exceeds every span of a policy and can still be added to the current time.
    private static long Microseconds(TimeSpan span) =>
        Math.Min(span.Ticks, TimeSpan.FromDays(1_000_000).Ticks) / TimeSpan.TicksPerMicrosecond;
}
