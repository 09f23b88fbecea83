using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace OrderKit.Idempotency.Tests;

/// <summary>Settings that somebody changes while the host runs.</summary>
internal sealed class ChangingSettings : IOptionsChangeTokenSource<DuplicateOrderOptions>
{
    private CancellationTokenSource _changed = new();

    public string Name => Options.DefaultName;

    public Action<DuplicateOrderOptions>? Change { get; private set; }

    public IChangeToken GetChangeToken() => new CancellationChangeToken(_changed.Token);

    public void Set(Action<DuplicateOrderOptions> change)
    {
        Change = change;
        var before = _changed;
        _changed = new CancellationTokenSource();
        try
        {
            before.Cancel();
        }
        catch (AggregateException)
        {
            // A provider of configuration is told that its content is not valid; the host goes on.
        }
        finally
        {
            before.Dispose();
        }
    }
}
