using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>Decides facts about orders, and saves state, journal, outbox, deadlines, references and cases together.</summary>
/// <remarks>
/// Safe for several threads. A call without a unit of work owns its transaction and decides again, up to
/// <see cref="OrderLifecycleOptions.MaxAttempts"/> times, when another writer was first. A call with a unit of work joins it,
/// decides once, and answers <see cref="FireResult.Conflict"/> with nothing of that order written.
/// A call that fails with an exception may be repeated with the same facts: their identities make them take effect once. The store's
/// own exceptions come through as they are, but for a <see cref="ContentionException"/>: a call without a unit of work is decided again
/// after a deadlock, and told at once where another transaction holds an order for longer than the <c>lock_timeout</c> of the connection; a
/// SQLite file or an in-memory database that another holds for too long is a
/// <see cref="TimeoutException"/>, and a commit whose answer was lost is a <see cref="CommitOutcomeUnknownException"/>.
/// </remarks>
public sealed partial class OrderLifecycle
{
    private readonly IOrderStore _store;
    private readonly IUnitOfWorkFactory _units;
    private readonly OrderModelRegistry _models;
    private readonly TimeProvider _time;
    private readonly OrderLifecycleOptions _options;
    private readonly bool _writesNotices;
    private readonly ILogger _logger;

    /// <summary>Creates the service; hosts with a container resolve it.</summary>
    /// <param name="store">The orders.</param>
    /// <param name="units">Begins transactions.</param>
    /// <param name="models">The models of the host.</param>
    /// <param name="timeProvider">The clock; the system's where it is missing.</param>
    /// <param name="options">The settings; the defaults where they are missing.</param>
    /// <param name="logger">The log; none where it is missing.</param>
    /// <param name="notices">If enabled, a notice is written with each case that opens.</param>
    public OrderLifecycle(
        IOrderStore store,
        IUnitOfWorkFactory units,
        OrderModelRegistry models,
        TimeProvider? timeProvider = null,
        IOptions<OrderLifecycleOptions>? options = null,
        ILogger<OrderLifecycle>? logger = null,
        AlertNotices? notices = null)
    {
        _store = store ?? throw new ArgumentNullException(nameof(store));
        _units = units ?? throw new ArgumentNullException(nameof(units));
        _models = models ?? throw new ArgumentNullException(nameof(models));
        _time = timeProvider ?? TimeProvider.System;
        _options = options?.Value ?? new OrderLifecycleOptions();
        _logger = logger ?? NullLogger<OrderLifecycle>.Instance;
        _writesNotices = notices?.IsEnabled == true;
    }

    /// <summary>Checks a fact without firing it, for callers that gather facts of several sources.</summary>
    /// <exception cref="ArgumentException">The fact is malformed, or lacks the key of its trigger
    /// (<see cref="OrderModel.TriggerInfo.Key"/>) in a model of this host.</exception>
    public void Check(OrderFact fact) => CheckFact(fact, null);

    /// <summary>Fires one fact in a transaction of its own.</summary>
    /// <exception cref="ArgumentException">The fact is malformed, or lacks the key of its trigger
    /// (<see cref="OrderModel.TriggerInfo.Key"/>) in a model of this host.</exception>
    public async Task<FireResult> FireAsync(OrderFact fact, CancellationToken cancellationToken = default)
    {
        CheckFact(fact, null);
        return (await OwnedAsync([fact], null, cancellationToken).ConfigureAwait(false))[0];
    }

    /// <summary>Fires one fact in a unit of work of the host.</summary>
    /// <exception cref="ArgumentException">The fact is malformed, or the unit belongs to another store.</exception>
    public async ValueTask<FireResult> FireAsync(UnitOfWork unitOfWork, OrderFact fact, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(unitOfWork);
        CheckFact(fact, null);
        return (await JoinedAsync(unitOfWork, [fact], cancellationToken).ConfigureAwait(false))[0];
    }

    /// <summary>Fires many facts in one transaction of its own; each has its own result, in the order given.</summary>
    /// <exception cref="ArgumentException">A fact is malformed, or there are more than
    /// <see cref="OrderLifecycleOptions.MaxBatch"/>.</exception>
    public async Task<IReadOnlyList<FireResult>> FireManyAsync(
        IReadOnlyList<OrderFact> facts, CancellationToken cancellationToken = default)
    {
        CheckAll(facts);
        return facts.Count == 0 ? [] : await OwnedAsync(facts, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Fires many facts in a unit of work of the host.</summary>
    /// <exception cref="ArgumentException">A fact is malformed, or there are more than
    /// <see cref="OrderLifecycleOptions.MaxBatch"/>.</exception>
    public async ValueTask<IReadOnlyList<FireResult>> FireManyAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderFact> facts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(unitOfWork);
        CheckAll(facts);
        return facts.Count == 0 ? [] : await JoinedAsync(unitOfWork, facts, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Moves an order to a model that supersedes its own. Its states stay; deadlines start anew by the new model.</summary>
    /// <param name="order">The order.</param>
    /// <param name="model">The model; registered in this host.</param>
    /// <param name="operatorId">Who moves it.</param>
    /// <param name="cancellationToken">Cancels before anything is written.</param>
    /// <exception cref="InvalidOperationException">The model does not supersede the order's, or lacks one of its states, holds or
    /// cases.</exception>
    public async Task<FireResult> MoveAsync(
        OrderKey order, OrderModel model, string operatorId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(operatorId);
        if (_models.Find(model.Fingerprint) is null)
        {
            throw new InvalidOperationException(
                $"The model '{model.Name}' ({model.Fingerprint}) is not registered in this host. Add it to OrderLifecycleOptions.Models.");
        }

        var fact = new OrderFact { Trigger = FactRun.ModelMoved, Source = FactRun.OwnSource, Order = order, Operator = operatorId };
        return await AdministerAsync(
            fact, (OrderDraft draft, out Decision decision) => FactRun.TryMove(draft, model, out decision),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes a case by hand; the reason is kept where it can be erased.</summary>
    /// <exception cref="InvalidOperationException">The order's model has no such case.</exception>
    public async Task<FireResult> CloseCaseAsync(
        OrderKey order, string caseCode, string operatorId, string reason, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(caseCode);
        ArgumentException.ThrowIfNullOrWhiteSpace(operatorId);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        var fact = new OrderFact
        {
            Trigger = FactRun.CaseClosed, Source = FactRun.OwnSource, Order = order, Operator = operatorId, Note = reason,
            RawStatus = caseCode,
        };
        return await AdministerAsync(
            fact, (OrderDraft draft, out Decision decision) => FactRun.TryClose(draft, caseCode, out decision),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Erases the personal texts and raw messages of an order's journal; its rows stay and still verify.</summary>
    /// <returns>How many were erased.</returns>
    public async Task<int> EraseDetailsAsync(OrderKey order, CancellationToken cancellationToken = default)
    {
        var unit = await _units.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using var ending = unit.ConfigureAwait(false);
        var erased = await _store.EraseDetailsAsync(unit, order, cancellationToken).ConfigureAwait(false);
        await unit.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        return erased;
    }

    /// <summary>Decides facts again that wait for a number, after a model was added or an ambiguity cleared.</summary>
    /// <returns>One result per fact that waited; those that are <see cref="FireResult.Parked"/> or <see cref="FireResult.Conflict"/> wait
    /// on.</returns>
    public async Task<IReadOnlyList<FireResult>> ReplayParkedAsync(OrderReference number, CancellationToken cancellationToken = default)
    {
        var started = LifecycleTelemetry.Start();
        var unit = await _units.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using var ending = unit.ConfigureAwait(false);
        var results = await NewRun(unit, CommitState.Committed, cancellationToken).ReplayAsync(number).ConfigureAwait(false);
        await unit.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        LifecycleTelemetry.Report(results, started, null, _logger);
        return results;
    }

    /// <summary>Fires facts in one transaction, of which those with a deadline are void when their state was left.</summary>
    /// <param name="facts">The facts.</param>
    /// <param name="deadlines">The deadline of each fact, or <see langword="null"/>.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    /// <param name="onBeginFailed">Called when a transaction could not begin.</param>
    internal async Task<FireResult[]> FireDeadlinesAsync(
        IReadOnlyList<OrderFact> facts, IReadOnlyList<DueDeadline?> deadlines, CancellationToken cancellationToken,
        Action? onBeginFailed = null)
    {
        for (var i = 0; i < facts.Count; i++)
        {
            if (deadlines[i] is null)
            {
                CheckFact(facts[i], null);
            }
        }

        return await OwnedAsync(facts, deadlines, cancellationToken, onBeginFailed).ConfigureAwait(false);
    }

    private void CheckAll(IReadOnlyList<OrderFact> facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        if (facts.Count > _options.MaxBatch)
        {
            throw new ArgumentException($"{facts.Count} facts in one call; {_options.MaxBatch} is the limit. Split them.", nameof(facts));
        }

        for (var i = 0; i < facts.Count; i++)
        {
            CheckFact(facts[i], i);
        }
    }

    private FactRun NewRun(UnitOfWork unit, CommitState commit, CancellationToken cancellationToken) =>
        new(_store, unit, _models, _options, _writesNotices, Instants.ToMicroseconds(_time.GetUtcNow()), commit, cancellationToken);

    private async ValueTask<FireResult[]> OwnedAsync(
        IReadOnlyList<OrderFact> facts,
        IReadOnlyList<DueDeadline?>? deadlines,
        CancellationToken cancellationToken,
        Action? onBeginFailed = null)
    {
        using var activity = OrderKitTelemetry.ActivitySource.StartActivity("orderkit.fire");
        var started = LifecycleTelemetry.Start();
        for (var attempt = 1; ; attempt++)
        {
            var unit = await BeginAsync(onBeginFailed, cancellationToken).ConfigureAwait(false);
            try
            {
                var results = await NewRun(unit, CommitState.Committed, cancellationToken).ExecuteAsync(
                    facts, deadlines).ConfigureAwait(false);

                // From here on the caller's wish to cancel comes too late: what was decided is finished.
                await unit.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                LifecycleTelemetry.Report(results, started, activity, _logger);
                return results;
            }
            catch (ContentionException contention) when (!contention.IsHeld && attempt < _options.MaxAttempts)
            {
                // The database ended this unit so that another one can end. Nothing of it is there, and all of it is decided anew.
                LifecycleTelemetry.ReportConflict();
            }
            finally
            {
                await unit.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<UnitOfWork> BeginAsync(Action? onFailed, CancellationToken cancellationToken)
    {
        try
        {
            return await _units.BeginAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            onFailed?.Invoke();
            throw;
        }
    }

    private async ValueTask<FireResult[]> JoinedAsync(UnitOfWork unit, IReadOnlyList<OrderFact> facts, CancellationToken cancellationToken)
    {
        using var activity = OrderKitTelemetry.ActivitySource.StartActivity("orderkit.fire");
        var started = LifecycleTelemetry.Start();
        var results = await NewRun(unit, CommitState.PendingCommit, cancellationToken).ExecuteAsync(facts, null).ConfigureAwait(false);
        LifecycleTelemetry.Report(results, started, activity, _logger);
        return results;
    }

    private async Task<FireResult> AdministerAsync(OrderFact fact, FactRun.Administer administer, CancellationToken cancellationToken)
    {
        CheckForm(fact);
        var unit = await _units.BeginAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var result = await NewRun(unit, CommitState.Committed, cancellationToken).AdministerAsync(
                fact, administer).ConfigureAwait(false);
            await unit.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            return result;
        }
        finally
        {
            await unit.DisposeAsync().ConfigureAwait(false);
        }
    }
}
