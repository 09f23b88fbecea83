using OrderKit.Core.Storage;

namespace OrderKit.Specs.Tests;

/// <summary>Broken stores of leases.</summary>
internal static class LeaseFaults
{
    private const string Suite = nameof(LeaseStoreSpec);

    public static IEnumerable<Fault> All =>
    [
        new("Everybody gets the lease", Suite, store =>
        {
            var epoch = 0;
            store.Leases.Acquire = (_, name, owner, duration) => Task.FromResult<Lease?>(new(name, owner, ++epoch, InMemoryStoreUnderTest.Start + duration));
        },
            "A lease has one holder",
            "Of racing callers one gets the lease"),
        new("There is one lease", Suite, store => store.Leases.Acquire = async (inner, name, owner, duration) =>
            await inner.TryAcquireAsync("one", owner, duration) is { } lease ? lease with { Name = name } : null,
            "Leases of different names are different leases"),
        new("Names are compared without case", Suite, store => store.Leases.Acquire = async (inner, name, owner, duration) =>
            await inner.TryAcquireAsync(name.ToLowerInvariant(), owner, duration),
            "Leases of different names are different leases"),
        new("The first two takers both get it", Suite, store =>
        {
            var takers = 0;
            store.Leases.Acquire = async (inner, name, owner, duration) =>
                await inner.TryAcquireAsync(name, owner, duration) ?? (Interlocked.Increment(ref takers) == 1 ? new Lease(name, owner, 1, InMemoryStoreUnderTest.Start) : null);
        },
            "Of racing callers one gets the lease"),
        new("The holder cannot renew", Suite, store =>
        {
            var held = new HashSet<(string, string)>();
            store.Leases.Acquire = async (inner, name, owner, duration) => held.Add((name, owner)) ? await inner.TryAcquireAsync(name, owner, duration) : null;
        },
            "The holder renews its lease under the same epoch"),
        new("Renewing gives another epoch", Suite, store =>
        {
            var epoch = 0;
            store.Leases.Acquire = async (inner, name, owner, duration) => await inner.TryAcquireAsync(name, owner, duration) is { } lease ? lease with { Epoch = ++epoch } : null;
        },
            "The holder renews its lease under the same epoch"),
        new("Leases never lapse", Suite, store => store.Leases.Acquire = (inner, name, owner, _) => inner.TryAcquireAsync(name, owner, TimeSpan.FromDays(10_000)).AsTask(),
            "Releasing a lost lease does nothing"),
        new("Leases lapse early", Suite, store => store.Leases.Acquire = (inner, name, owner, duration) => inner.TryAcquireAsync(name, owner, duration / 4).AsTask(),
            "The holder renews its lease under the same epoch"),
        new("The epoch stands still", Suite, store => store.Leases.Acquire = async (inner, name, owner, duration) =>
            await inner.TryAcquireAsync(name, owner, duration) is { } lease ? lease with { Epoch = 1 } : null,
            "A lease lapses by the store's clock, and its next holder has a higher epoch"),
        new("The epoch starts again after a release", Suite, store =>
        {
            var released = 0L;
            store.Leases.Release = (inner, lease) =>
            {
                released = lease.Epoch + released;
                return inner.ReleaseAsync(lease with { Epoch = released }).AsTask();
            };
            store.Leases.Acquire = async (inner, name, owner, duration) =>
                await inner.TryAcquireAsync(name, owner, duration) is { } lease ? lease with { Epoch = lease.Epoch - released } : null;
        },
            "A released lease is free, and its epoch does not restart"),
        new("A release does nothing", Suite, store => store.Leases.Release = (_, _) => Task.CompletedTask,
            "Names and owners may contain any text"),
        new("A release ignores who holds the lease", Suite, store =>
        {
            var held = new Dictionary<string, Lease>();
            store.Leases.Acquire = async (inner, name, owner, duration) =>
            {
                var lease = await inner.TryAcquireAsync(name, owner, duration);
                held[name] = lease ?? held[name];
                return lease;
            };
            store.Leases.Release = (inner, lease) => inner.ReleaseAsync(held.GetValueOrDefault(lease.Name, lease)).AsTask();
        },
            "Releasing a lost lease does nothing"),
        new("Names lose what is not ASCII", Suite, store => store.Leases.Acquire = async (inner, name, owner, duration) =>
            await inner.TryAcquireAsync(System.Text.Encoding.ASCII.GetString(System.Text.Encoding.ASCII.GetBytes(name)), owner, duration),
            "Names and owners may contain any text"),
    ];
}
