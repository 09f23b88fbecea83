using System.Runtime.CompilerServices;

namespace OrderKit.Specs;

/// <summary>Says in a sentence what a store should have done.</summary>
internal static class Expect
{
    public static void That(bool holds, string rule)
    {
        if (!holds)
        {
            throw new SpecFailedException(rule);
        }
    }

    public static void Equal<T>(T expected, T actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new SpecFailedException($"{what} should be {expected}, and is {actual}.");
        }
    }

    public static void Sequence<T>(IEnumerable<T> expected, IEnumerable<T> actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        var (wanted, found) = (expected.ToList(), actual.ToList());
        if (!wanted.SequenceEqual(found))
        {
            throw new SpecFailedException($"{what} should be [{string.Join(", ", wanted)}], and is [{string.Join(", ", found)}].");
        }
    }

    public static void Set<T>(IEnumerable<T> expected, IEnumerable<T> actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        var (wanted, found) = (expected.ToList(), actual.ToList());
        if (wanted.Count != found.Count || !wanted.ToHashSet().SetEquals(found))
        {
            throw new SpecFailedException($"{what} should be, in any order, [{string.Join(", ", wanted)}], and is [{string.Join(", ", found)}].");
        }
    }

    /// <summary>The only item of a list.</summary>
    public static T One<T>(this IEnumerable<T> items, [CallerArgumentExpression(nameof(items))] string what = "")
    {
        var list = items.ToList();
        That(list.Count == 1, $"{what} should have one row, and has {list.Count}.");
        return list[0];
    }

    public static async Task<TException> ThrowsAsync<TException>(Func<Task> act, string rule)
        where TException : Exception
    {
        try
        {
            await act().ConfigureAwait(false);
        }
        catch (TException expected)
        {
            return expected;
        }
        catch (Exception other)
        {
            throw new SpecFailedException($"{rule} A {typeof(TException).Name} was expected, and a {other.GetType().Name} came.", other);
        }

        throw new SpecFailedException($"{rule} A {typeof(TException).Name} was expected, and nothing came.");
    }

    /// <summary>A broken contract is a conflict or an exception; which of the two is the store's choice.</summary>
    public static async Task ConflictOrRefusalAsync(Func<Task<long>> save)
    {
        long number;
        try
        {
            number = await save().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not SpecFailedException)
        {
            return;
        }

        Equal(0, number, "the number of a change that breaks the contract");
    }
}
