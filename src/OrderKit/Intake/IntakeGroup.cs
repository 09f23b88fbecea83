using OrderKit.Idempotency;

namespace OrderKit;

/// <summary>The requests of one transaction; of those with one key the first stands for all.</summary>
internal sealed class IntakeGroup
{
    private readonly Dictionary<OperationKey, int> _first;

    /// <param name="requests">All that were gathered.</param>
    /// <param name="only">The one that is written alone; all where it is left out.</param>
    public IntakeGroup(IReadOnlyList<IntakeRequest> requests, int? only = null)
    {
        Requests = requests;
        _first = new Dictionary<OperationKey, int>(requests.Count);
        Places = new List<int>(requests.Count);
        for (var i = only ?? 0; i < (only + 1 ?? requests.Count); i++)
        {
            if (_first.TryAdd(requests[i].Key, i))
            {
                Places.Add(i);
            }
        }
    }

    public IReadOnlyList<IntakeRequest> Requests { get; }

    /// <summary>The places of those that are still to be written.</summary>
    public List<int> Places { get; }

    /// <summary>Keeps those whose answer is such; <see langword="false"/> where there is none.</summary>
    public bool Retain(IntakeResult?[] answers, Predicate<IntakeResult?> isSuch)
    {
        Places.RemoveAll(place => !isSuch(answers[place]));
        return Places.Count > 0;
    }

    /// <summary>Tells those that came second in the same group what became of the first.</summary>
    /// <returns>Those that say something else than a first that is not what the store has: they are written by themselves.</returns>
    public List<int> AnswerFollowers(IntakeResult?[] answers, DateTimeOffset now)
    {
        var open = new List<int>();
        for (var i = 0; i < Requests.Count; i++)
        {
            var first = _first[Requests[i].Key];
            if (first == i)
            {
                continue;
            }

            var difference = Requests[first].Fingerprint.DifferencesTo(Requests[i].Fingerprint);
            if (difference.Count == 0)
            {
                answers[i] = Repeat(answers[first]!, now);
            }
            else if (answers[first] is IntakeResult.Taken { IsUndone: false } or IntakeResult.Repeated)
            {
                answers[i] = new IntakeResult.Mismatch(difference);
            }
            else
            {
                open.Add(i);
            }
        }

        return open;
    }

    private static IntakeResult Repeat(IntakeResult first, DateTimeOffset now) => first switch
    {
        // What left no claim is to be delivered again, whoever delivered it.
        IntakeResult.Taken { IsUndone: true } => first,
        IntakeResult.Taken taken => new IntakeResult.Repeated(now, taken.Refusal),
        _ => first,
    };
}
