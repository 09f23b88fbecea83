using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace OrderKit.EntityFrameworkCore;

/// <summary>Runs once, and keeps the context's own execution strategy from retrying inside: a part of a transaction cannot be repeated alone.</summary>
internal sealed class SingleAttempt(DbContext context) : ExecutionStrategy(context, maxRetryCount: 0, TimeSpan.Zero)
{
    protected override bool ShouldRetryOn(Exception exception) => false;
}
