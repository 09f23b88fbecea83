using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;
using OrderKit.StateMachine;

namespace OrderKit;

/// <summary>
/// Takes facts of many callers at once. Claim, transition, journal and outbox of each are written together, and many facts share a
/// transaction.
/// </summary>
/// <remarks>
/// Safe for any number of callers. While one transaction is written the next one gathers, so a lone caller never waits for others. A
/// result means that the fact is durable. A call that throws may be repeated with the same request: its key makes it take effect once.
/// </remarks>
public sealed class OrderIntake : IAsyncDisposable, IDisposable
{
    private readonly OrderLifecycle _lifecycle;
    private readonly ClaimTerms _terms;
    private readonly OperationGroups<IntakeMember> _groups;

    /// <summary>Creates the intake; hosts with a container get it from there.</summary>
    public OrderIntake(
        IOperationStore operations, IUnitOfWorkFactory units, OrderLifecycle lifecycle, IOptions<IntakeOptions>? options = null,
        TimeProvider? timeProvider = null)
    {
        _lifecycle = lifecycle ?? throw new ArgumentNullException(nameof(lifecycle));
        var settings = options?.Value ?? new IntakeOptions();
        _terms = new ClaimTerms(OperationState.Succeeded, settings.Retention, MaxAttempts: 1, TakesLapsed: false);
        _groups = new OperationGroups<IntakeMember>(operations, units, FireAsync, settings, null, settings.MaxAttempts, timeProvider);
    }

    /// <summary>Takes a fact.</summary>
    /// <param name="request">The fact and its key.</param>
    /// <param name="cancellationToken">Takes it back while it waits. A fact that is being written is finished.</param>
    /// <exception cref="ArgumentException">The fact is malformed.</exception>
    /// <exception cref="CommitOutcomeUnknownException">
    /// The commit's answer was lost, and nothing of it was found: send the fact again.
    /// </exception>
    public async Task<IntakeResult> TakeAsync(IntakeRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        _lifecycle.Check(request.Fact);
        var member = new IntakeMember(request)
        {
            Requests = [new OperationRequest(request.Key, request.Fingerprint, Guid.NewGuid())],
            Terms = _terms,
        };
        await _groups.SubmitAsync(member, cancellationToken).ConfigureAwait(false);
        return member.Result!;
    }

    /// <summary>Takes no further facts, and writes those that wait.</summary>
    public ValueTask DisposeAsync() => _groups.DisposeAsync();

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async ValueTask FireAsync(GroupRun<IntakeMember> run, IReadOnlyList<IntakeMember> members)
    {
        var won = new List<IntakeMember>(members.Count);
        foreach (var member in members)
        {
            if (member.Answers[0].Existing is { } row)
            {
                member.Conclude(row);
            }
            else
            {
                won.Add(member);
            }
        }

        OrderFact[] facts = [.. won.Select(static member => member.Request.Fact)];
        var fired = await _lifecycle.FireManyAsync(run.UnitOfWork, facts).ConfigureAwait(false);
        for (var i = 0; i < won.Count; i++)
        {
            won[i].Conclude(fired[i]);
        }
    }
}
