using System.Text;

namespace OrderKit.Idempotency;

/// <summary>The validated rules of one version of the settings.</summary>
internal sealed class DuplicateRuleSet
{
    private readonly HashSet<string> _ownChannels;

    internal DuplicateRuleSet(DuplicateOrderOptions options)
    {
        Source = options;
        _ownChannels = new HashSet<string>(options.OwnChannels, StringComparer.Ordinal);
        Key = Encoding.UTF8.GetBytes(options.DigestKey ?? "");
        HoldFor = options.HoldFor;
        ShipByMargin = options.ShipByMargin;
        Destination = options.MessageDestination;
        BatchSize = options.BatchSize;
        var rules = options.Rules.Where(rule => rule.Value.IsEnabled)
            .Select(rule => new Rule(
                rule.Key,
                SubjectDigest.Split(rule.Value.Subject),
                rule.Value.Window ?? TimeSpan.MaxValue,
                rule.Value.Action,
                rule.Value.FindsSameOrder))
            .OrderBy(rule => rule.Name, StringComparer.Ordinal)
            .ToList();

        // Rules that can reject come first, so that a rejected order guards no subject of another rule.
        Refusing = [.. rules.Where(rule => rule.Action == DuplicateAction.Reject)];
        Marking = [.. rules.Where(rule => rule.Action != DuplicateAction.Reject)];

        // Includes disabled rules, because they may be enabled again.
        Freed = [.. options.Rules.Where(rule => rule.Value.IsFreedByCancellation).Select(rule => rule.Key).Order(StringComparer.Ordinal)];
    }

    internal DuplicateOrderOptions Source { get; }

    internal byte[] Key { get; }

    internal TimeSpan HoldFor { get; }

    internal TimeSpan ShipByMargin { get; }

    internal string Destination { get; }

    internal int BatchSize { get; }

    internal IReadOnlyList<Rule> Refusing { get; }

    internal IReadOnlyList<Rule> Marking { get; }

    internal IReadOnlyList<string> Freed { get; }

    internal bool IsOwn(OrderCandidate order) => _ownChannels.Contains(order.Order.Order.Channel.Value);

    internal sealed record Rule(
        string Name, IReadOnlyList<string> Dimensions, TimeSpan Window, DuplicateAction Action, bool FindsSameOrder);
}
