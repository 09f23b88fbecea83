using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>Validates the options when the host starts and when they change.</summary>
internal static class DuplicateOrderOptionsCheck
{
    private const int MaxNameLength = 64;
    private const int MinimumKeyLength = 16;

    public static void Validate(DuplicateOrderOptions options, OptionFaults faults)
    {
        foreach (var (rule, settings) in options.Rules)
        {
            CheckRule(faults, rule, settings);
        }

        foreach (var channel in options.OwnChannels)
        {
            CheckChannel(faults, channel);
        }

        if (options.DigestKey is { Length: < MinimumKeyLength })
        {
            faults.Add(nameof(options.DigestKey), $"has {options.DigestKey.Length} characters. It must have at least {MinimumKeyLength}.");
        }

        faults.RequirePositive(options.HoldFor);
        faults.RequirePositive(options.PollInterval);
        if (options.ShipByMargin < TimeSpan.Zero)
        {
            faults.Add(nameof(options.ShipByMargin), $"is {options.ShipByMargin}. It must not be negative.");
        }

        faults.RequireBetween(options.BatchSize, 1, 1_000);
        faults.RequireText(options.MessageDestination, "it is the destination of the pump that delivers the messages.");
    }

    private static void CheckRule(OptionFaults faults, string name, DuplicateRule? rule)
    {
        if (OperationKey.FaultOf(name) is { } fault || name.Length > MaxNameLength)
        {
            faults.Add($"The rule name '{name}' is invalid. Use 1 to {MaxNameLength} visible characters.");
            return;
        }

        if (rule is null)
        {
            faults.Add($"The rule '{name}' is null. Set IsEnabled to false to turn a rule off.");
            return;
        }

        var dimensions = SubjectDigest.Split(rule.Subject);
        if (dimensions.Count == 0)
        {
            faults.Add($"The rule '{name}' has no Subject. Name what the two orders have in common, such as 'buyer + cart'.");
        }

        foreach (var unknown in dimensions.Where(dimension => !DuplicateDimensions.IsKnown(dimension)))
        {
            faults.Add(
                $"The rule '{name}' names the unknown dimension '{unknown}'. Write a field of your own as "
                + $"'{DuplicateDimensions.FieldPrefix}{unknown}'.");
        }

        if (dimensions.Distinct(StringComparer.Ordinal).Count() != dimensions.Count)
        {
            faults.Add($"The rule '{name}' names a dimension twice in '{rule.Subject}'.");
        }

        if (rule.Window is { } window && window <= TimeSpan.Zero)
        {
            faults.Add(
                $"The rule '{name}' has the window {window}. It must be longer than zero. Remove it for a rule without a time limit.");
        }

        if (!Enum.IsDefined(rule.Action))
        {
            faults.Add($"The rule '{name}' has the unknown action {rule.Action}. Use Label, Hold or Reject.");
        }
    }

    private static void CheckChannel(OptionFaults faults, string channel)
    {
        try
        {
            _ = new ChannelCode(channel);
        }
        catch (ArgumentException)
        {
            faults.Add(
                nameof(DuplicateOrderOptions.OwnChannels),
                $"contains '{channel}', which is not a channel code. Use 1 to {ChannelCode.MaxLength} characters of A-Z and 0-9.");
        }
    }
}
