
namespace OrderKit.Specs;

/// <summary>What leases keep.</summary>
public static class LeaseStoreSpec
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<SpecCase<IStoreUnderTest>> Cases { get; } =
    [
        new("A lease has one holder", ALeaseHasOneHolderAsync),
        new("Leases of different names are different leases", LeasesOfDifferentNamesAreDifferentLeasesAsync),
        new("Of racing takers one gets the lease", OfRacingTakersOneGetsTheLeaseAsync),
        new("The holder renews its lease under the same epoch", TheHolderRenewsItsLeaseUnderTheSameEpochAsync),
        new("A lease lapses by the store's clock, and its next holder has a higher epoch", ALeaseLapsesByTheStoresClockAndItsNextHolderHasAHigherEpochAsync),
        new("A lease that is given back is free, and its epoch does not start again", ALeaseThatIsGivenBackIsFreeAndItsEpochDoesNotStartAgainAsync),
        new("Giving back a lost lease does nothing", GivingBackALostLeaseDoesNothingAsync),
        new("Names and owners are only text", NamesAndOwnersAreOnlyTextAsync),
    ];

    internal static SpecSuite Suite { get; } = new(nameof(LeaseStoreSpec), Cases);

    /// <summary>Tries one rule; see <see cref="SpecSuite.RunAsync"/>.</summary>
    public static Task<bool> RunAsync(string name, Func<ValueTask<IStoreUnderTest>> open) => Suite.RunAsync(name, open);

    private static async Task ALeaseHasOneHolderAsync(IStoreUnderTest store)
    {
        var lease = await store.Leases.TryAcquireAsync("sealer", "one", Acting.Minute).ConfigureAwait(false);
        Expect.Equal("sealer", lease?.Name);
        Expect.Equal("one", lease?.Owner);
        Expect.That(lease!.Epoch > 0, "Epochs are above 0.");
        Expect.Equal(null, await store.Leases.TryAcquireAsync("sealer", "two", Acting.Minute).ConfigureAwait(false));
        Expect.Equal(null, await (await store.OpenAnotherAsync().ConfigureAwait(false)).Leases.TryAcquireAsync("sealer", "three", Acting.Minute).ConfigureAwait(false));
    }

    private static async Task LeasesOfDifferentNamesAreDifferentLeasesAsync(IStoreUnderTest store)
    {
        Expect.That(await store.Leases.TryAcquireAsync("sealer", "one", Acting.Minute).ConfigureAwait(false) is not null, "The first is free.");
        Expect.That(await store.Leases.TryAcquireAsync("Sealer", "two", Acting.Minute).ConfigureAwait(false) is not null, "Another name is another lease, also one in another case.");
    }

    private static async Task OfRacingTakersOneGetsTheLeaseAsync(IStoreUnderTest store)
    {
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        var taken = await Acting.RaceAsync(8, async racer => await (racer % 2 == 0 ? store : other).Leases.TryAcquireAsync("sealer", $"racer-{racer}", Acting.Minute).ConfigureAwait(false)).ConfigureAwait(false);
        Expect.Equal(1, taken.Count(lease => lease is not null), "the number of holders");
    }

    private static async Task TheHolderRenewsItsLeaseUnderTheSameEpochAsync(IStoreUnderTest store)
    {
        var first = await store.Leases.TryAcquireAsync("sealer", "one", Acting.Minute).ConfigureAwait(false);
        await store.AdvanceAsync(Acting.Minute / 2).ConfigureAwait(false);
        var second = await store.Leases.TryAcquireAsync("sealer", "one", Acting.Minute).ConfigureAwait(false);
        Expect.Equal(first!.Epoch, second?.Epoch);
        Expect.That(second!.Until > first.Until, "A renewed lease ends later.");
        await store.AdvanceAsync(Acting.Minute * 0.75).ConfigureAwait(false);
        Expect.Equal(null, await store.Leases.TryAcquireAsync("sealer", "two", Acting.Minute).ConfigureAwait(false));
    }

    private static async Task ALeaseLapsesByTheStoresClockAndItsNextHolderHasAHigherEpochAsync(IStoreUnderTest store)
    {
        var first = await store.Leases.TryAcquireAsync("sealer", "one", Acting.Minute).ConfigureAwait(false);
        await store.AdvanceAsync(Acting.Minute * 0.5).ConfigureAwait(false);
        Expect.Equal(null, await store.Leases.TryAcquireAsync("sealer", "two", Acting.Minute).ConfigureAwait(false));
        await store.AdvanceAsync(Acting.Minute * 0.75).ConfigureAwait(false);
        var second = await store.Leases.TryAcquireAsync("sealer", "two", Acting.Minute).ConfigureAwait(false);
        Expect.That(second?.Epoch > first!.Epoch, "The next holder has a higher epoch.");
        Expect.Equal(null, await store.Leases.TryAcquireAsync("sealer", "one", Acting.Minute).ConfigureAwait(false));
    }

    private static async Task ALeaseThatIsGivenBackIsFreeAndItsEpochDoesNotStartAgainAsync(IStoreUnderTest store)
    {
        var first = await store.Leases.TryAcquireAsync("sealer", "one", Acting.Minute).ConfigureAwait(false);
        await store.Leases.ReleaseAsync(first!).ConfigureAwait(false);
        var second = await store.Leases.TryAcquireAsync("sealer", "two", Acting.Minute).ConfigureAwait(false);
        Expect.That(second?.Epoch > first!.Epoch, "The next holder has a higher epoch.");
        await store.Leases.ReleaseAsync(second!).ConfigureAwait(false);
        await store.AdvanceAsync(TimeSpan.FromDays(400)).ConfigureAwait(false);
        var third = await store.Leases.TryAcquireAsync("sealer", "one", Acting.Minute).ConfigureAwait(false);
        Expect.That(third?.Epoch > second!.Epoch, "Epochs never start again.");
    }

    private static async Task GivingBackALostLeaseDoesNothingAsync(IStoreUnderTest store)
    {
        var lost = await store.Leases.TryAcquireAsync("sealer", "one", Acting.Minute).ConfigureAwait(false);
        await store.AdvanceAsync(Acting.Minute * 2).ConfigureAwait(false);
        var held = await store.Leases.TryAcquireAsync("sealer", "two", Acting.Minute).ConfigureAwait(false);
        await store.Leases.ReleaseAsync(lost!).ConfigureAwait(false);
        Expect.Equal(null, await store.Leases.TryAcquireAsync("sealer", "three", Acting.Minute).ConfigureAwait(false));
        // The same owner, under an epoch that is over.
        await store.Leases.ReleaseAsync(held! with { Epoch = held.Epoch - 1 }).ConfigureAwait(false);
        Expect.Equal(null, await store.Leases.TryAcquireAsync("sealer", "three", Acting.Minute).ConfigureAwait(false));
        await store.Leases.ReleaseAsync(new Lease("never taken", "one", 1, Sample.Noon)).ConfigureAwait(false);
    }

    private static async Task NamesAndOwnersAreOnlyTextAsync(IStoreUnderTest store)
    {
        var lease = await store.Leases.TryAcquireAsync("o'clock %_\\ 租约 🙂", "';--", Acting.Minute).ConfigureAwait(false);
        Expect.Equal("o'clock %_\\ 租约 🙂", lease?.Name);
        Expect.Equal("';--", lease?.Owner);
        await store.Leases.ReleaseAsync(lease!).ConfigureAwait(false);
        Expect.That(await store.Leases.TryAcquireAsync("o'clock %_\\ 租约 🙂", "two", Acting.Minute).ConfigureAwait(false) is not null, "It was given back.");
    }
}
