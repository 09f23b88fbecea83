
namespace OrderKit.Specs;

/// <summary>The rules that a store of leases must keep.</summary>
public static class LeaseStoreSpec
{
    /// <summary>The cases of this suite.</summary>
    public static SpecSuite Suite { get; } = new(nameof(LeaseStoreSpec),
    [
        new("A lease has one holder", async store =>
        {
            var lease = await store.Leases.TryAcquireAsync("sealer", "one", Acting.Minute);
            Expect.Equal("sealer", lease?.Name);
            Expect.Equal("one", lease?.Owner);
            Expect.That(lease!.Epoch > 0, "Epochs are above 0.");
            Expect.Equal(null, await store.Leases.TryAcquireAsync("sealer", "two", Acting.Minute));
            Expect.Equal(null, await (await store.OpenAnotherAsync()).Leases.TryAcquireAsync("sealer", "three", Acting.Minute));
        }),
        new("Leases of different names are different leases", async store =>
        {
            Expect.That(await store.Leases.TryAcquireAsync("sealer", "one", Acting.Minute) is not null, "The first is free.");
            Expect.That(await store.Leases.TryAcquireAsync("Sealer", "two", Acting.Minute) is not null,
                "Another name is another lease, also one in another case.");
        }),
        new("Of racing callers one gets the lease", async store =>
        {
            var other = await store.OpenAnotherAsync();
            var taken = await Acting.RaceAsync(
                8, async racer => await (racer % 2 == 0 ? store : other).Leases.TryAcquireAsync("sealer", $"racer-{racer}", Acting.Minute));
            Expect.Equal(1, taken.Count(lease => lease is not null), "the number of holders");
        }),
        new("The holder renews its lease under the same epoch", async store =>
        {
            var first = await store.Leases.TryAcquireAsync("sealer", "one", Acting.Minute);
            await store.AdvanceAsync(Acting.Minute / 2);
            var second = await store.Leases.TryAcquireAsync("sealer", "one", Acting.Minute);
            Expect.Equal(first!.Epoch, second?.Epoch);
            Expect.That(second!.Until > first.Until, "A renewed lease ends later.");
            await store.AdvanceAsync(Acting.Minute * 0.75);
            Expect.Equal(null, await store.Leases.TryAcquireAsync("sealer", "two", Acting.Minute));
        }),
        new("A lease lapses by the store's clock, and its next holder has a higher epoch", async store =>
        {
            var first = await store.Leases.TryAcquireAsync("sealer", "one", Acting.Minute);
            await store.AdvanceAsync(Acting.Minute * 0.5);
            Expect.Equal(null, await store.Leases.TryAcquireAsync("sealer", "two", Acting.Minute));
            await store.AdvanceAsync(Acting.Minute * 0.75);
            var second = await store.Leases.TryAcquireAsync("sealer", "two", Acting.Minute);
            Expect.That(second?.Epoch > first!.Epoch, "The next holder has a higher epoch.");
            Expect.Equal(null, await store.Leases.TryAcquireAsync("sealer", "one", Acting.Minute));
        }),
        new("A released lease is free, and its epoch does not restart", async store =>
        {
            var first = await store.Leases.TryAcquireAsync("sealer", "one", Acting.Minute);
            await store.Leases.ReleaseAsync(first!);
            var second = await store.Leases.TryAcquireAsync("sealer", "two", Acting.Minute);
            Expect.That(second?.Epoch > first!.Epoch, "The next holder has a higher epoch.");
            await store.Leases.ReleaseAsync(second!);
            await store.AdvanceAsync(TimeSpan.FromDays(400));
            var third = await store.Leases.TryAcquireAsync("sealer", "one", Acting.Minute);
            Expect.That(third?.Epoch > second!.Epoch, "Epochs must never restart.");
        }),
        new("Releasing a lost lease does nothing", async store =>
        {
            var lost = await store.Leases.TryAcquireAsync("sealer", "one", Acting.Minute);
            await store.AdvanceAsync(Acting.Minute * 2);
            var held = await store.Leases.TryAcquireAsync("sealer", "two", Acting.Minute);
            await store.Leases.ReleaseAsync(lost!);
            Expect.Equal(null, await store.Leases.TryAcquireAsync("sealer", "three", Acting.Minute));
            // The same owner with an old epoch.
            await store.Leases.ReleaseAsync(held! with { Epoch = held.Epoch - 1 });
            Expect.Equal(null, await store.Leases.TryAcquireAsync("sealer", "three", Acting.Minute));
            await store.Leases.ReleaseAsync(new Lease("never taken", "one", 1, Sample.Noon));
        }),
        new("Names and owners may contain any text", async store =>
        {
            var lease = await store.Leases.TryAcquireAsync("o'clock %_\\ 租约 🙂", "';--", Acting.Minute);
            Expect.Equal("o'clock %_\\ 租约 🙂", lease?.Name);
            Expect.Equal("';--", lease?.Owner);
            await store.Leases.ReleaseAsync(lease!);
            Expect.That(await store.Leases.TryAcquireAsync("o'clock %_\\ 租约 🙂", "two", Acting.Minute) is not null, "It was given back.");
        }),
    ]);
}
