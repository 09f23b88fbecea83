using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine.Tests;

public sealed class JournalSealerTests
{
    private static readonly DateTimeOffset Noon = new(2026, 2, 6, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new(Noon);
    private readonly FakeJournal _journal;

    public JournalSealerTests() => _journal = new FakeJournal(_clock);

    [Fact]
    public async Task Committed_rows_are_sealed_batch_by_batch_and_each_segment_follows_the_one_before()
    {
        _journal.Add(Order("A"));
        _journal.Add(Order("B"));
        var sealer = Sealer(batchSize: 4);

        Assert.Equal(4, await sealer.SealOnceAsync());
        Assert.Equal(2, await sealer.SealOnceAsync());
        Assert.Equal(0, await sealer.SealOnceAsync());

        Assert.Equal([1L, 2L], _journal.Segments.Keys);
        Assert.True(_journal.Segments[1].Previous.IsZero);
        Assert.Equal(_journal.Segments[1].Hash, _journal.Segments[2].Previous);
        Assert.Equal([(1L, 1L), (1L, 2L), (1L, 3L), (2L, 1L)], _journal.Segments[1].Leaves.Select(l => (l.OrderNo, l.Version)));
        Assert.Equal(0, await _journal.CountUnsealedAsync());
        Assert.Equal(0, _journal.LeasesHeld);
    }

    [Fact]
    public async Task An_idle_journal_takes_no_lease()
    {
        await _journal.TryAcquireAsync(JournalSealer.LeaseName, "another", TimeSpan.FromSeconds(30));

        Assert.Equal(0, await Sealer().SealOnceAsync());
        Assert.Empty(_journal.Segments);
    }

    [Fact]
    public async Task A_sealer_leaves_the_work_to_another_that_holds_the_lease()
    {
        _journal.Add(Order("A"));
        await _journal.TryAcquireAsync(JournalSealer.LeaseName, "another", TimeSpan.FromSeconds(30));

        Assert.Equal(0, await Sealer().SealOnceAsync());

        _clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(3, await Sealer().SealOnceAsync());
    }

    [Fact]
    public async Task A_sealer_whose_lease_lapsed_writes_nothing_when_another_was_first()
    {
        _journal.Add(Order("A"));
        _journal.BeforeAppend = () =>
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(3, Sealer().SealOnceAsync().GetAwaiter().GetResult());
        };

        Assert.Equal(0, await Sealer().SealOnceAsync());

        Assert.Single(_journal.Segments);
        Assert.True((await new JournalVerifier(_journal).VerifyAsync()).IsIntact);
    }

    [Fact]
    public async Task Sealed_rows_are_counted()
    {
        // Other tests seal at the same time, so only a lower bound is known.
        var counted = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == OrderKitTelemetry.SealedCounterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref counted, value));
        listener.Start();
        _journal.Add(Order("A"));

        await Sealer().SealOnceAsync();

        Assert.True(counted >= 3);
    }

    [Fact]
    public void A_detail_hides_a_short_note_behind_a_salt_and_nothing_needs_none()
    {
        using var randomness = RandomNumberGenerator.Create();

        var first = JournalDetail.Create(1, "ok", default, randomness)!;
        var second = JournalDetail.Create(1, "ok", default, randomness)!;

        Assert.Equal(JournalDetail.SaltSize, first.Salt.Length);
        Assert.NotEqual(first.ToDigest(), second.ToDigest());
        Assert.NotEqual(first.ToDigest(), (first with { Note = "no" }).ToDigest());
        Assert.Equal(first.ToDigest(), (first with { Salt = first.Salt.ToArray() }).ToDigest());
        Assert.Null(JournalDetail.Create(1, null, default, randomness));
    }

    [Fact]
    public void Settings_that_cannot_work_are_all_told_at_once()
    {
        var (faults, none) = (new OptionFaults(nameof(JournalSealingOptions)), new OptionFaults(nameof(JournalSealingOptions)));
        new JournalSealingOptions { BatchSize = 0, LeaseDuration = TimeSpan.Zero, PollInterval = TimeSpan.Zero }.Validate(faults);
        new JournalSealingOptions().Validate(none);

        Assert.Equal(3, faults.Result.Failures!.Count());
        Assert.True(none.Result.Succeeded);
    }

    internal static ShopOrder Order(string id) => ShopOrder.Of(id, Noon)
        .Hear("Placed", "douyin", TimeSpan.Zero, amount: 83_200, quantity: 1)
        .Hear("Captured", "alipay", TimeSpan.FromMinutes(1), amount: 83_200)
        .Hear("StockLocked", "wms", TimeSpan.FromMinutes(2));

    private JournalSealer Sealer(int batchSize = 1_000) =>
        new(_journal, _journal, _clock, Options.Create(new JournalSealingOptions { BatchSize = batchSize }));
}
