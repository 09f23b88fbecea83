using Microsoft.Extensions.Options;

namespace OrderKit.Idempotency;

/// <summary>Checks the settings of grouped operations when the host starts.</summary>
internal sealed class GroupedOperationsOptionsCheck : IValidateOptions<GroupedOperationsOptions>
{
    public ValidateOptionsResult Validate(string? name, GroupedOperationsOptions options) =>
        options.Faults().ToList() is { Count: > 0 } faults ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
}
