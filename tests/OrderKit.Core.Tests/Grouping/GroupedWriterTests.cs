namespace OrderKit.Core.Tests.Grouping;

public sealed class GroupedWriterTests
{
    [Fact]
    public async Task A_lone_caller_does_not_wait_for_company()
    {
        // There is no clock in it at all: an item is written as soon as nothing else is.
        await using var writer = new GroupedWriter<Item>(EndAllAsync);

        await writer.SubmitAsync(new Item(7));
        await writer.SubmitAsync(new Item(8));
    }

    [Fact]
    public async Task What_comes_while_a_set_is_written_is_the_next_set()
    {
        var (sets, requests) = await GatherAsync(new GroupedWriterOptions { MaxItems = 3 }, Enumerable.Range(1, 5).Select(number => new Item(number)));

        await Task.WhenAll(requests);
        Assert.Equal([[0], [1, 2, 3], [4, 5]], sets);
    }

    [Fact]
    public async Task A_set_has_at_most_so_many_bytes_and_a_larger_item_is_written_alone()
    {
        int[] sizes = [40, 60, 1, 500, 30, 70, 70];

        var (sets, requests) = await GatherAsync(new GroupedWriterOptions { MaxBytes = 100 }, sizes.Select((size, i) => new Item(i + 1, size)));

        await Task.WhenAll(requests);
        Assert.Equal([[0], [1, 2], [3], [4], [5, 6], [7]], sets);
    }

    [Fact]
    public async Task A_member_that_fails_is_told_to_its_own_caller_alone()
    {
        await using var writer = new GroupedWriter<Item>(items =>
        {
            foreach (var item in items)
            {
                if (item.Number == 137)
                {
                    item.End(new InvalidOperationException("137"));
                }

                item.End();
            }

            return default;
        });

        var failures = await Task.WhenAll(Enumerable.Range(0, 256).Select(number => Record.ExceptionAsync(() => writer.SubmitAsync(new Item(number)))));

        Assert.Equal("137", failures[137]!.Message);
        Assert.Equal(255, failures.Count(failure => failure is null));
    }

    [Fact]
    public async Task What_a_write_throws_ends_the_items_that_it_did_not_end()
    {
        await using var writer = new GroupedWriter<Item>(static items =>
        {
            items[0].End();
            throw new InvalidOperationException("a poisoned set");
        });

        await writer.SubmitAsync(new Item(1));
        await writer.SubmitAsync(new Item(2));
        var (_, requests) = await GatherAsync(new GroupedWriterOptions(), [new Item(1), new Item(2)], static items =>
        {
            items[0].End();
            throw new InvalidOperationException("a poisoned set");
        });

        await requests[0];
        Assert.Equal("a poisoned set", (await Assert.ThrowsAsync<InvalidOperationException>(() => requests[1])).Message);
    }

    [Fact]
    public async Task A_cancelled_item_is_either_not_begun_or_finished()
    {
        using var begun = new CancellationTokenSource();
        using var waiting = new CancellationTokenSource();
        var gate = NewGate();
        var written = new List<int>();
        await using var writer = new GroupedWriter<Item>(async items =>
        {
            written.AddRange(items.Select(item => item.Number));
            await gate.Task;
            await EndAllAsync(items);
        });
        var first = writer.SubmitAsync(new Item(1), begun.Token);
        while (written.Count == 0)
        {
            await Task.Yield();
        }

        var second = writer.SubmitAsync(new Item(2), waiting.Token);
        await begun.CancelAsync();
        await waiting.CancelAsync();
        gate.SetResult();

        await first;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await writer.SubmitAsync(new Item(3));
        Assert.Equal([1, 3], written);
    }

    [Fact]
    public async Task A_full_queue_holds_its_callers_back_and_drops_nobody()
    {
        var (sets, requests) = await GatherAsync(
            new GroupedWriterOptions { MaxItems = 2, QueueLimit = 2 }, Enumerable.Range(1, 50).Select(number => new Item(number)));

        await Task.WhenAll(requests);
        Assert.Equal(51, sets.Sum(set => set.Length));
    }

    [Fact]
    public async Task A_writer_that_ends_writes_what_waits_and_takes_no_more()
    {
        var writer = new GroupedWriter<Item>(EndAllAsync);
        var waiting = Enumerable.Range(0, 20).Select(number => writer.SubmitAsync(new Item(number))).ToList();

        await writer.DisposeAsync();

        await Task.WhenAll(waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => writer.SubmitAsync(new Item(1)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_surrounds_the_maker_of_a_writer_does_not_surround_what_it_writes(bool isSuppressed)
    {
        var surrounding = new AsyncLocal<string> { Value = "a request" };
        var seen = "nothing yet";
        using var flow = isSuppressed ? ExecutionContext.SuppressFlow() : default;
        var writer = new GroupedWriter<Item>(items =>
        {
            seen = surrounding.Value;
            return EndAllAsync(items);
        });
        if (isSuppressed)
        {
            flow.Undo();
        }

        await writer.SubmitAsync(new Item(1));
        await writer.DisposeAsync();
        Assert.Null(seen);
    }

    /// <summary>Holds the writer with one item while others are submitted, so that they are gathered together.</summary>
    private static async Task<(List<int[]> Sets, List<Task> Requests)> GatherAsync(
        GroupedWriterOptions options, IEnumerable<Item> items, Func<IReadOnlyList<Item>, ValueTask>? write = null)
    {
        var gate = NewGate();
        var sets = new List<int[]>();
        await using var writer = new GroupedWriter<Item>(
            async set =>
            {
                sets.Add([.. set.Select(item => item.Number)]);
                await gate.Task;
                await (sets.Count == 1 ? EndAllAsync(set) : (write ?? EndAllAsync)(set));
            },
            options);
        var first = writer.SubmitAsync(new Item(0));
        while (sets.Count == 0)
        {
            await Task.Yield();
        }

        var requests = items.Select(item => writer.SubmitAsync(item)).ToList();
        gate.SetResult();
        await first;
        await Task.WhenAny(Task.WhenAll(requests));
        return (sets, requests);
    }

    private static ValueTask EndAllAsync(IReadOnlyList<Item> items)
    {
        foreach (var item in items)
        {
            item.End();
        }

        return default;
    }

    private static TaskCompletionSource NewGate() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Item(int number, int size = 0) : GroupedItem
    {
        public int Number => number;

        public override int Size => size;
    }
}
