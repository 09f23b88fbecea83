using OrderKit.Core;
using OrderKit.Core.Storage;

namespace OrderKit.Messaging.Storage;

/// <summary>The dead letters of an <see cref="InMemoryDatabase"/>.</summary>
public sealed class InMemoryDeadLetterStore(InMemoryDatabase database) : IDeadLetterStore
{
    private readonly SortedDictionary<long, DeadLetter> _letters = [];
    private readonly Dictionary<long, List<DeadLetterAct>> _acts = [];
    private long _lastNumber;

    /// <inheritdoc/>
    public ValueTask AddAsync(UnitOfWork unitOfWork, IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken = default)
    {
        var unit = database.Require(unitOfWork);
        ArgumentNullException.ThrowIfNull(letters);
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var letter in letters)
        {
            var number = ++_lastNumber;
            _letters.Add(number, letter with
            {
                Number = number,
                Body = letter.Body.ToArray(),
                FirstAt = Instants.ToMicroseconds(letter.FirstAt),
                DeadAt = database.Now,
                State = DeadLetterState.Dead,
            });
            unit.OnRollback(() => _letters.Remove(number));
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<Page<DeadLetter>> QueryAsync(DeadLetterQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        Continuations.RequirePageSize(query.PageSize, nameof(query));
        var after = query.Continuation is { } continuation ? Continuations.Read(continuation).Number : 0;
        return database.ReadAsync(
            () =>
            {
                var found = _letters.Values
                    .Where(letter => letter.Number > after && Matches(query, letter)).Take(query.PageSize + 1).ToList();
                return Continuations.Page(
                    found, query.PageSize, static letter => letter, static letter => Continuations.Write(null, letter.Number));
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<DeadLetter?> FindAsync(long number, CancellationToken cancellationToken = default) =>
        database.ReadAsync(() => _letters.GetValueOrDefault(number), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> CloseAsync(
        UnitOfWork unitOfWork, long number, DeadLetterState to, string by, string? note, CancellationToken cancellationToken = default)
    {
        var unit = database.Require(unitOfWork);
        ArgumentOutOfRangeException.ThrowIfEqual(to, DeadLetterState.Dead);
        ArgumentException.ThrowIfNullOrEmpty(by);
        cancellationToken.ThrowIfCancellationRequested();
        if (!_letters.TryGetValue(number, out var letter) || letter.State != DeadLetterState.Dead)
        {
            return new(false);
        }

        _letters[number] = letter with { State = to };
        if (!_acts.TryGetValue(number, out var acts))
        {
            _acts.Add(number, acts = []);
        }

        acts.Add(new DeadLetterAct(number, to, by, database.Now, note));
        unit.OnRollback(() =>
        {
            acts.RemoveAt(acts.Count - 1);
            _letters[number] = letter;
        });
        return new(true);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DeadLetterAct>> ActsAsync(long number, CancellationToken cancellationToken = default) =>
        database.ReadAsync<IReadOnlyList<DeadLetterAct>>(() => [.. _acts.GetValueOrDefault(number) ?? []], cancellationToken);

    private static bool Matches(DeadLetterQuery query, DeadLetter letter) =>
        (query.Tenant is null || query.Tenant == letter.Tenant)
        && (query.Flow is null || query.Flow == letter.Flow)
        && (query.Name is null || query.Name == letter.Name)
        && (query.Lane is null || query.Lane == letter.Lane)
        && (query.MessageId is null || query.MessageId == letter.MessageId)
        && (query.ErrorClass is null || query.ErrorClass == letter.ErrorClass)
        && (query.State is null || query.State == letter.State);
}
