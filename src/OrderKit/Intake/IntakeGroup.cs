using OrderKit.Idempotency;
using OrderKit.StateMachine;

namespace OrderKit;

/// <summary>The requests of one transaction; of those with one key the first stands for all.</summary>
internal sealed class IntakeGroup
{
    private readonly Dictionary<OperationKey, int> _first;

    public IntakeGroup(IReadOnlyList<IntakeRequest> requests)
    {
        Requests = requests;
        _first = new Dictionary<OperationKey, int>(requests.Count);
        Places = new List<int>(requests.Count);
        for (var i = 0; i < requests.Count; i++)
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
    public void AnswerFollowers(IntakeResult?[] answers, DateTimeOffset now)
    {
        for (var i = 0; i < Requests.Count; i++)
        {
            var first = _first[Requests[i].Key];
            if (first == i)
            {
                continue;
            }

            var difference = Requests[first].Fingerprint.DifferencesTo(Requests[i].Fingerprint);
            answers[i] = difference.Count > 0 ? new IntakeResult.Mismatch(difference) : Repeat(answers[first]!, now);
        }
    }

    private static IntakeResult Repeat(IntakeResult first, DateTimeOffset now) => first switch
    {
        // What left no claim is to be delivered again, whoever delivered it.
        IntakeResult.Taken { Fired: FireResult.Conflict or FireResult.Unresolved } => first,
        IntakeResult.Taken taken => new IntakeResult.Repeated(now, taken.Refusal),
        _ => first,
    };
}
