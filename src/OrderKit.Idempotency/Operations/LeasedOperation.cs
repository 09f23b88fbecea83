using OrderKit.Core;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>An operation whose effect lies outside the store, such as a call to a payment provider.</summary>
/// <remarks>Not safe for several threads.</remarks>
public sealed class LeasedOperation
{
    private const byte Layout = 1;

    private readonly IOperationStore _store;
    private readonly IUnitOfWorkFactory _units;
    private readonly OperationPolicy _policy;
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _steps = new(StringComparer.Ordinal);

    internal LeasedOperation(OperationClaim claim, OperationPolicy policy, IOperationStore store, IUnitOfWorkFactory units)
    {
        Claim = claim;
        _policy = policy;
        _store = store;
        _units = units;
        if (claim.Step is not null)
        {
            var reader = new CanonicalReader(claim.StepContent.Span);
            reader.ReadVersion(Layout);
            for (var rest = reader.ReadInt32(); rest > 0; rest--)
            {
                _steps.Add(reader.ReadRequiredString(), reader.ReadBytes().ToArray());
            }

            reader.RequireEnd();
        }
    }

    /// <summary>The claim, for hosts that pass its epoch to other systems as a fencing token.</summary>
    public OperationClaim Claim { get; }

    /// <summary>The operation.</summary>
    public OperationKey Key => Claim.Key;

    /// <summary>The number of the attempt, from 1.</summary>
    public int Attempt => Claim.Attempt;

    internal bool IsFinished { get; private set; }

    /// <summary>Whether a step was done and could not be recorded.</summary>
    internal bool MayHaveActed { get; private set; }

    /// <summary>Derives a key for a downstream call. It is the same for every attempt.</summary>
    public string DownstreamKey(string name) => DownstreamKeys.Of(Key, name);

    /// <summary>Runs a step once: later attempts read its result from the store.</summary>
    /// <param name="name">The name of the recovery point.</param>
    /// <param name="codec">How its result is stored.</param>
    /// <param name="act">The step.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="OperationLostException">Another worker has taken over.</exception>
    public async Task<TStep> StepAsync<TStep>(
        string name, ResultCodec<TStep> codec, Func<CancellationToken, Task<TStep>> act, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(codec);
        ArgumentNullException.ThrowIfNull(act);
        if (_steps.TryGetValue(name, out var kept))
        {
            return codec.Decode(kept);
        }

        var result = await act(cancellationToken).ConfigureAwait(false);
        MayHaveActed = true;
        _steps.Add(name, codec.Encode(result));
        var unit = await _units.BeginAsync(CancellationToken.None).ConfigureAwait(false);
        await using (unit.ConfigureAwait(false))
        {
            var change = OperationChange.Of(Claim, OperationState.Running, OperationState.Running, _policy.Lease);
            await ChangeAsync(unit, change with { Step = name, StepContent = Write() }).ConfigureAwait(false);
            await unit.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        }

        MayHaveActed = false;
        return result;
    }

    /// <summary>Finishes in the unit of work of the host's last write, so that both are committed together.</summary>
    /// <exception cref="OperationLostException">Another worker has taken over: the unit must be rolled back.</exception>
    public async Task FinishAsync<TResult>(UnitOfWork unitOfWork, ResultCodec<TResult> codec, TResult result)
    {
        ArgumentNullException.ThrowIfNull(codec);
        var change = OperationChange.Of(Claim, OperationState.Running, OperationState.Succeeded, _policy.SuccessRetention);
        await ChangeAsync(unitOfWork, change with { Result = Operations.Encode(codec, result, _policy, Key) }).ConfigureAwait(false);
        IsFinished = true;
    }

    private async Task ChangeAsync(UnitOfWork unit, OperationChange change)
    {
        if (!(await _store.ChangeAsync(unit, [change], CancellationToken.None).ConfigureAwait(false))[0])
        {
            throw new OperationLostException(Claim);
        }
    }

    private byte[] Write()
    {
        var writer = new CanonicalWriter();
        writer.WriteVersion(Layout);
        writer.WriteInt32(_steps.Count);
        foreach (var (name, content) in _steps)
        {
            writer.WriteString(name);
            writer.WriteBytes(content.Span);
        }

        return writer.WrittenSpan.ToArray();
    }
}
