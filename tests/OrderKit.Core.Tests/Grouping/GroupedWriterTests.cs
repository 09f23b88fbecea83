using System.Collections.Concurrent;

namespace OrderKit.Core.Tests.Grouping;

public sealed class GroupedWriterTests
{
    [Fact]
    public async Task A_lone_caller_does_not_wait_for_company()
    {
        // There is no clock in it at all: an item is written as soon as nothing else is.
        await using var writer = new GroupedWriter<int, int>(items => new([.. items.Select(item => (GroupedAnswer<int>)(item * 2))]));

        Assert.Equal(14, await writer.SubmitAsync(7));
        Assert.Equal(16, await writer.SubmitAsync(8));
    }

    [Fact]
    public async Task What_comes_while_a_set_is_written_is_the_next_set()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sets = new List<int[]>();
        await using var writer = new GroupedWriter<int, int>(
            async items =>
            {
                sets.Add([.. items]);
                await gate.Task;
                return [.. items.Select(item => (GroupedAnswer<int>)item)];
            },
            new GroupedWriterOptions { MaxItems = 3 });

        var first = writer.SubmitAsync(0);
        while (sets.Count == 0)
        {
            await Task.Yield();
        }

        var rest = Enumerable.Range(1, 5).Select(item => writer.SubmitAsync(item)).ToList();
        gate.SetResult();
        await Task.WhenAll([first, .. rest]);

        Assert.Equal([[0], [1, 2, 3], [4, 5]], sets);
    }

    [Fact]
    public async Task A_member_that_fails_is_told_to_its_own_caller_alone()
    {
        await using var writer = new GroupedWriter<int, int>(items => new([.. items.Select(item => item == 137 ? new InvalidOperationException("137") : (GroupedAnswer<int>)item)]));

        var answers = await Task.WhenAll(Enumerable.Range(0, 256).Select(item => OutcomeAsync(writer, item)));

        Assert.Equal(255, answers.Count(answer => answer is null));
        Assert.Equal("137", answers[137]!.Message);
    }

    [Fact]
    public async Task A_set_that_fails_as_a_whole_is_written_again_one_by_one()
    {
        var written = new ConcurrentBag<int>();
        await using var writer = new GroupedWriter<int, int>(items =>
        {
            if (items.Contains(13))
            {
                throw new InvalidOperationException("a poisoned set");
            }

            foreach (var item in items)
            {
                written.Add(item);
            }

            return new([.. items.Select(item => (GroupedAnswer<int>)item)]);
        });

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(item => OutcomeAsync(writer, item)));

        Assert.Equal([13], Enumerable.Range(0, 100).Where(item => answers[item] is not null));
        Assert.Equal(Enumerable.Range(0, 100).Where(item => item != 13), written.Order());
    }

    [Fact]
    public async Task A_set_whose_answers_do_not_match_is_a_fault_of_the_writer_and_nobodys_result()
    {
        await using var writer = new GroupedWriter<int, int>(_ => new([]));

        await Assert.ThrowsAsync<InvalidOperationException>(() => writer.SubmitAsync(1));
    }

    [Fact]
    public async Task A_cancelled_item_is_either_not_begun_or_finished()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var written = new List<int>();
        await using var writer = new GroupedWriter<int, int>(async items =>
        {
            written.AddRange(items);
            await gate.Task;
            return [.. items.Select(item => (GroupedAnswer<int>)item)];
        });
        using var begun = new CancellationTokenSource();
        using var waiting = new CancellationTokenSource();
        var first = writer.SubmitAsync(1, begun.Token);
        while (written.Count == 0)
        {
            await Task.Yield();
        }

        var second = writer.SubmitAsync(2, waiting.Token);
        await begun.CancelAsync();
        await waiting.CancelAsync();
        gate.SetResult();

        Assert.Equal(1, await first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal(3, await writer.SubmitAsync(3));
        Assert.Equal([1, 3], written);
    }

    [Fact]
    public async Task A_full_queue_holds_its_callers_back_and_drops_nobody()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var written = 0;
        await using var writer = new GroupedWriter<int, int>(
            async items =>
            {
                await gate.Task;
                written += items.Count;
                return [.. items.Select(item => (GroupedAnswer<int>)item)];
            },
            new GroupedWriterOptions { MaxItems = 2, QueueLimit = 2 });

        var all = Enumerable.Range(0, 50).Select(item => writer.SubmitAsync(item)).ToList();
        gate.SetResult();
        await Task.WhenAll(all);

        Assert.Equal(50, written);
    }

    [Fact]
    public async Task A_writer_that_ends_writes_what_waits_and_takes_no_more()
    {
        var written = 0;
        var writer = new GroupedWriter<int, int>(items =>
        {
            written += items.Count;
            return new([.. items.Select(item => (GroupedAnswer<int>)item)]);
        });
        var waiting = Enumerable.Range(0, 20).Select(item => writer.SubmitAsync(item)).ToList();

        await writer.DisposeAsync();

        await Task.WhenAll(waiting);
        Assert.Equal(20, written);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => writer.SubmitAsync(1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_surrounds_the_maker_of_a_writer_does_not_surround_what_it_writes(bool isSuppressed)
    {
        var surrounding = new AsyncLocal<string> { Value = "a request" };
        using var flow = isSuppressed ? ExecutionContext.SuppressFlow() : default;
        var writer = new GroupedWriter<int, string?>(items => new([.. items.Select(_ => (GroupedAnswer<string?>)surrounding.Value)]));
        if (isSuppressed)
        {
            flow.Undo();
        }

        Assert.Null(await writer.SubmitAsync(1));
        await writer.DisposeAsync();
    }

    private static async Task<Exception?> OutcomeAsync(GroupedWriter<int, int> writer, int item)
    {
        try
        {
            Assert.Equal(item, await writer.SubmitAsync(item));
            return null;
        }
        catch (InvalidOperationException e)
        {
            return e;
        }
    }
}
