using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Sql.Tests;

/// <summary>Faults in a transaction that 64 callers share: whoever is at fault fails, and the others take effect once.</summary>
public abstract class GroupFaultTests
{
    private const int Callers = 64;
    private const int Culprit = 41;
    private const string Effect = "effects";
    private static readonly Money Price = new(19_900, Currency.CNY);

    public static TheoryData<Exception> Faults =>
        [new TimeoutException("The driver waited."), new CommitOutcomeUnknownException(), new OperationCanceledException(), new InvalidOperationException("no")];

    protected abstract Task<IServiceProvider> OpenAsync();

    [Theory, MemberData(nameof(Faults))]
    public async Task A_fault_that_an_effect_throws_is_only_its_own(Exception fault)
    {
        await using var desk = new Desk(await OpenAsync());

        await OnlyTheCulpritFailsAsync(desk, desk.RunAllAsync(i => _ = i == Culprit ? throw fault : 0), fault);
    }

    [Theory, MemberData(nameof(Faults))]
    public async Task A_fault_of_one_claim_is_only_its_own(Exception fault)
    {
        await using var desk = new Desk(await OpenAsync());
        desk.OnClaim = keys => _ = keys.Contains(Key(Culprit)) ? throw fault : 0;

        await OnlyTheCulpritFailsAsync(desk, desk.RunAllAsync(static _ => { }), fault);
    }

    [Theory, MemberData(nameof(Faults))]
    public async Task A_fault_among_effects_that_are_written_together_is_only_its_own(Exception fault)
    {
        await using var desk = new Desk(await OpenAsync());
        desk.OnApply = numbers => _ = numbers.Contains(Name(Culprit)) ? throw fault : 0;

        await OnlyTheCulpritFailsAsync(desk, desk.AcceptAllAsync(), fault);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_commit_of_which_nothing_is_heard_costs_nobody_an_effect(bool isCommitted)
    {
        await using var desk = new Desk(await OpenAsync());
        desk.LosesCommits = 1;
        desk.CommitsLost = isCommitted;

        Assert.All(await desk.RunAllAsync(static _ => { }), failure => Assert.Null(failure));
        Assert.Equal(Callers, await desk.EffectsAsync());
    }

    [Fact]
    public async Task A_commit_that_took_effect_after_nobody_could_find_it_is_found_by_the_next_claim()
    {
        await using var desk = new Desk(await OpenAsync());
        (desk.LosesCommits, desk.CommitsLost, desk.FindsNothing) = (1, true, true);

        Assert.All(await desk.RunAllAsync(static _ => { }), failure => Assert.Null(failure));
        Assert.Equal(Callers, await desk.EffectsAsync());
    }

    [Fact]
    public async Task Where_each_commit_is_lost_each_caller_is_told_so()
    {
        await using var desk = new Desk(await OpenAsync());
        desk.LosesCommits = int.MaxValue;

        Assert.All(await desk.RunAllAsync(static _ => { }), failure => Assert.IsType<CommitOutcomeUnknownException>(failure));
        desk.LosesCommits = 0;
        Assert.All(await desk.RunAllAsync(static _ => { }), failure => Assert.Null(failure));
        Assert.Equal(Callers, await desk.EffectsAsync());
    }

    private static async Task OnlyTheCulpritFailsAsync(Desk desk, Task<Exception?[]> telling, Exception fault)
    {
        var told = await telling;

        Assert.Same(fault, told[Culprit]);
        Assert.Equal(Callers - 1, told.Count(failure => failure is null));
        Assert.Equal(Callers - 1, await desk.EffectsAsync());
    }

    private static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"M-{i}");

    private static OperationKey Key(int i) => OperationKey.Of("coupon", Name(i));

    private sealed class Desk : IUnitOfWorkFactory, IOperationStore, INotificationEffects, IAsyncDisposable
    {
        private readonly IServiceProvider _services;
        private readonly IOperationStore _operations;
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ends = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly GroupedOperations _grouped;
        private readonly NotificationGate _gate;

        public Desk(IServiceProvider services)
        {
            _services = services;
            _operations = services.GetRequiredService<IOperationStore>();

            // Nothing in it takes time.
            var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
            _grouped = new GroupedOperations(this, this, timeProvider: clock);
            _gate = new NotificationGate(
                this, services.GetRequiredService<IQuarantineStore>(), this, new ScopedService<INotificationEffects>(this), timeProvider: clock);
        }

        public Action<IReadOnlyList<OperationKey>> OnClaim { get; set; } = static _ => { };

        public Action<IReadOnlyList<string>> OnApply { get; set; } = static _ => { };

        /// <summary>How many commits of several callers are not heard of.</summary>
        public int LosesCommits { get; set; }

        /// <summary>Whether those commits take effect.</summary>
        public bool CommitsLost { get; set; }

        /// <summary>Whether reads lag behind.</summary>
        public bool FindsNothing { get; set; }

        public async Task<long> EffectsAsync() => (await _services.GetRequiredService<IOutboxStore>().BacklogAsync(Effect)).Count;

        public Task<Exception?[]> RunAllAsync(Action<int> then) => TogetherAsync(i => _grouped.RunAsync(
            i is null ? OperationKey.Of("holder", "0") : Key(i.Value), Fingerprint.Nothing, ResultCodec.None, async (operation, _) =>
            {
                if (i is not { } number)
                {
                    return await HoldAsync();
                }

                await WriteAsync(operation.UnitOfWork, Name(number));
                then(number);
                return true;
            }));

        public Task<Exception?[]> AcceptAllAsync() => TogetherAsync(i => _gate.AcceptAsync(new NotificationFacts
        {
            Provider = "alipay",
            MerchantTradeNumber = i is null ? "holder" : Name(i.Value),
            ProviderTradeNumber = i is null ? "holder" : Name(i.Value),
            Kind = NotificationKind.Paid,
            RawStatus = "TRADE_SUCCESS",
            Amount = Price,
        }));

        public async ValueTask<UnitOfWork> BeginAsync(CancellationToken cancellationToken = default) =>
            new Unit(await _services.GetRequiredService<IUnitOfWorkFactory>().BeginAsync(cancellationToken), this);

        public ValueTask<IReadOnlyList<ClaimAnswer>> ClaimAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OperationRequest> requests, ClaimTerms terms, CancellationToken cancellationToken = default)
        {
            OnClaim([.. requests.Select(request => request.Key)]);
            return _operations.ClaimAsync(Inner(unitOfWork), requests, terms, cancellationToken);
        }

        public ValueTask<IReadOnlyList<bool>> ChangeAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OperationChange> changes, CancellationToken cancellationToken = default) =>
            _operations.ChangeAsync(Inner(unitOfWork), changes, cancellationToken);

        public ValueTask<IReadOnlyList<bool>> ReleaseAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OperationClaim> claims, CancellationToken cancellationToken = default) =>
            _operations.ReleaseAsync(Inner(unitOfWork), claims, cancellationToken);

        public ValueTask<StoredOperation?> FindAsync(OperationKey key, CancellationToken cancellationToken = default) =>
            FindsNothing ? new((StoredOperation?)null) : _operations.FindAsync(key, cancellationToken);

        public ValueTask<IReadOnlyList<StoredOperation>> ListInterruptedAsync(TenantId tenant, int max, CancellationToken cancellationToken = default) =>
            _operations.ListInterruptedAsync(tenant, max, cancellationToken);

        public ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default) => _operations.SweepAsync(max, cancellationToken);

        public async ValueTask<PaymentDocument?> FindDocumentAsync(UnitOfWork unitOfWork, NotificationFacts notification, CancellationToken cancellationToken)
        {
            if (notification.MerchantTradeNumber == "holder")
            {
                await HoldAsync();
            }

            var order = OrderKey.For(OrderId.Derive(new ChannelCode("TB"), notification.MerchantTradeNumber));
            return new PaymentDocument(notification.MerchantTradeNumber, Price, [new PaymentShare(order, Price)], "alipay");
        }

        public async ValueTask<IReadOnlyList<NotificationEffectResult>> ApplyAsync(
            UnitOfWork unitOfWork, IReadOnlyList<NotificationEffect> effects, CancellationToken cancellationToken)
        {
            foreach (var number in effects.Select(effect => effect.Document.MerchantTradeNumber).Where(number => number != "holder"))
            {
                await WriteAsync(unitOfWork, number);
            }

            OnApply([.. effects.Select(effect => effect.Document.MerchantTradeNumber)]);
            return new NotificationEffectResult[effects.Count];
        }

        public async ValueTask DisposeAsync()
        {
            await _grouped.DisposeAsync();
            await _gate.DisposeAsync();
            await ((IAsyncDisposable)_services).DisposeAsync();
        }

        private static UnitOfWork Inner(UnitOfWork unit) => ((Unit)unit).Inside;

        /// <summary>Keeps the writer busy while requests are made, so that all of them are gathered in one set; the failure of each.</summary>
        private async Task<Exception?[]> TogetherAsync(Func<int?, Task> request)
        {
            var holder = request(null);
            await Task.WhenAny(holder, _begun.Task);
            var requests = Enumerable.Range(0, Callers).Select(i => Record.ExceptionAsync(() => request(i))).ToList();
            _ends.TrySetResult();
            await Record.ExceptionAsync(() => holder);
            return await Task.WhenAll(requests);
        }

        private async Task<bool> HoldAsync()
        {
            _begun.TrySetResult();
            await _ends.Task;
            return true;
        }

        private ValueTask WriteAsync(UnitOfWork unit, string id) => _services.GetRequiredService<IOutboxStore>().AppendAsync(
            Inner(unit), [new OutboxMessage(id, Effect, TenantId.Default, id, "granted", default)]);

        private sealed class Unit(UnitOfWork inner, Desk desk) : UnitOfWork
        {
            public UnitOfWork Inside => inner;

            public override bool IsEnlisted => false;

            public override bool IsLent
            {
                get => inner.IsLent;
                set => inner.IsLent = value;
            }

            public override void AfterCommit(Action act) => inner.AfterCommit(act);

            public override async ValueTask CommitAsync(CancellationToken cancellationToken = default)
            {
                // The holder's commit is heard of.
                if (desk._ends.Task.IsCompleted && desk.LosesCommits > 0 && desk._isHolderDone)
                {
                    desk.LosesCommits--;
                    if (desk.CommitsLost)
                    {
                        await inner.CommitAsync(cancellationToken);
                    }

                    throw new CommitOutcomeUnknownException();
                }

                await inner.CommitAsync(cancellationToken);
                desk._isHolderDone = true;
            }

            public override ValueTask DisposeAsync() => inner.DisposeAsync();
        }

        private bool _isHolderDone;
    }
}
