using System.Data.Common;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency.Tests.Grouping;

/// <summary>A store on which any number of transactions are open at the same time, and each step of which can fail or wait.</summary>
internal sealed class CrowdedDesk : IUnitOfWorkFactory, IOperationStore, INotificationEffects, IAsyncDisposable
{
    public static readonly Money Price = new(19_900, Currency.CNY);

    private readonly Lock _sync = new();
    private readonly Dictionary<OperationKey, StoredOperation> _rows = [];
    private readonly InMemoryDatabase _database = new();
    private int _open;

    public CrowdedDesk()
    {
        Grouped = new GroupedOperations(this, this, timeProvider: Clock);
        Gate = new NotificationGate(
            this, new InMemoryQuarantineStore(_database), this, new ScopedService<INotificationEffects>(this),
            Options.Create(new NotificationOptions { SlowEffectBudget = TimeSpan.FromHours(1) }), Clock);
    }

    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.UnixEpoch);

    public GroupedOperations Grouped { get; }

    public NotificationGate Gate { get; }

    /// <summary>What a claim does first.</summary>
    public Func<Unit, IReadOnlyList<string>, Task> OnClaim { get; set; } = static (_, _) => Task.CompletedTask;

    public Func<string, Task> OnDocument { get; set; } = static _ => Task.CompletedTask;

    public Func<IReadOnlyList<string>, Task<EffectEnding[]>> OnApply { get; set; } = static numbers => Task.FromResult(new EffectEnding[numbers.Count]);

    public Action OnCommit { get; set; } = static () => { };

    public Action OnFind { get; set; } = static () => { };

    public bool FindsBeforeClaims { get; set; }

    /// <summary>How many units were open at the same time.</summary>
    public int MostOpen { get; private set; }

    /// <summary>How many units were begun.</summary>
    public int Begun { get; private set; }

    /// <summary>How many units ended while somebody else had them.</summary>
    public int EndedLent { get; private set; }

    public Task<OperationOutcome<bool>> RunAsync(
        string id, Func<CancellationToken, Task>? effect = null, CancellationToken cancellationToken = default) => Grouped.RunAsync(
        OperationKey.Of("coupon", id), Fingerprint.Nothing, ResultCodec.None,
        async (_, token) =>
        {
            await (effect?.Invoke(token) ?? Task.CompletedTask);
            return true;
        },
        cancellationToken: cancellationToken);

    public Task<NotificationOutcome> AcceptAsync(string number) => Gate.AcceptAsync(new NotificationFacts
    {
        Provider = "alipay",
        TransportId = "notify-" + number,
        MerchantTradeNumber = number,
        ProviderTradeNumber = "T-" + number,
        Kind = NotificationKind.Paid,
        RawStatus = "TRADE_SUCCESS",
        Amount = Price,
    });

    /// <summary>Moves the clock on until a task ends.</summary>
    public async Task AdvanceUntilAsync(Task ends)
    {
        while (!ends.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    public ValueTask<UnitOfWork> BeginAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_sync)
        {
            Begun++;
            MostOpen = Math.Max(MostOpen, ++_open);
            return new(new Unit(this));
        }
    }

    public async ValueTask<IReadOnlyList<ClaimAnswer>> ClaimAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OperationRequest> requests, ClaimTerms terms, CancellationToken cancellationToken = default)
    {
        var unit = (Unit)unitOfWork;
        await OnClaim(unit, [.. requests.Select(request => request.Key.Key)]);
        lock (_sync)
        {
            return [.. requests.Select(request => _rows.TryGetValue(request.Key, out var row) ? new ClaimAnswer(null, row) : Claim(request))];
        }

        ClaimAnswer Claim(OperationRequest request)
        {
            unit.Rows[request.Key] = new StoredOperation
            {
                Key = request.Key, Fingerprint = request.Fingerprint, State = OperationState.Succeeded, Epoch = 1, Owner = request.Owner,
                Attempts = 1, CreatedAt = Clock.GetUtcNow(), FinishedAt = Clock.GetUtcNow(),
            };
            return new ClaimAnswer(new OperationClaim(request.Key, 1, request.Owner, 1, null, default), null);
        }
    }

    public ValueTask<IReadOnlyList<bool>> ChangeAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OperationChange> changes, CancellationToken cancellationToken = default) =>
        new([.. changes.Select(static _ => true)]);

    public ValueTask<IReadOnlyList<bool>> ReleaseAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OperationClaim> claims, CancellationToken cancellationToken = default) =>
        new([.. claims.Select(claim => ((Unit)unitOfWork).Rows.Remove(claim.Key))]);

    public ValueTask<StoredOperation?> FindAsync(OperationKey key, CancellationToken cancellationToken = default)
    {
        OnFind();
        lock (_sync)
        {
            return new(_rows.GetValueOrDefault(key));
        }
    }

    public ValueTask<IReadOnlyList<StoredOperation>> ListInterruptedAsync(TenantId tenant, int max, CancellationToken cancellationToken = default) =>
        new([]);

    public ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default) => new(0);

    public async ValueTask<PaymentDocument?> FindDocumentAsync(UnitOfWork unitOfWork, NotificationFacts notification, CancellationToken cancellationToken)
    {
        await OnDocument(notification.MerchantTradeNumber);
        var order = OrderKey.For(OrderId.Derive(new ChannelCode("TB"), notification.MerchantTradeNumber));
        return new PaymentDocument(notification.MerchantTradeNumber, Price, [new PaymentShare(order, Price)], "alipay");
    }

    public async ValueTask<IReadOnlyList<NotificationEffectResult>> ApplyAsync(
        UnitOfWork unitOfWork, IReadOnlyList<NotificationEffect> effects, CancellationToken cancellationToken) =>
        [.. (await OnApply([.. effects.Select(effect => effect.Document.MerchantTradeNumber)])).Select(ending => new NotificationEffectResult(ending))];

    public async ValueTask DisposeAsync()
    {
        await Grouped.DisposeAsync();
        await Gate.DisposeAsync();
        _database.Dispose();
    }

    internal sealed class Unit(CrowdedDesk desk) : UnitOfWork
    {
        public Dictionary<OperationKey, StoredOperation> Rows { get; } = [];

        /// <summary>How long a statement waits for a row; <see langword="null"/> where it waits for ever.</summary>
        public TimeSpan? LockWait { get; private set; }

        public override bool IsEnlisted => false;

        public override ValueTask LimitLockWaitsAsync(TimeSpan limit, CancellationToken cancellationToken = default)
        {
            LockWait = limit;
            return default;
        }

        public override ValueTask CommitAsync(CancellationToken cancellationToken = default)
        {
            RequireNotLent();
            desk.OnCommit();
            lock (desk._sync)
            {
                foreach (var (key, row) in Rows)
                {
                    desk._rows.Add(key, row);
                }
            }

            return default;
        }

        public override ValueTask DisposeAsync()
        {
            lock (desk._sync)
            {
                desk._open--;
                desk.EndedLent += IsLent ? 1 : 0;
            }

            return default;
        }
    }

    /// <summary>What a driver throws.</summary>
    internal sealed class DriverException() : DbException("The driver refuses.");
}
