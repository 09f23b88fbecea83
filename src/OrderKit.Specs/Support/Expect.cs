using System.Runtime.CompilerServices;

namespace OrderKit.Specs;

/// <summary>Throws an exception that says what a store should have done.</summary>
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
            throw new SpecFailedException($"{what} should be {expected}, but is {actual}.");
        }
    }

    public static void Sequence<T>(
        IEnumerable<T> expected, IEnumerable<T> actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        var (wanted, found) = (expected.ToList(), actual.ToList());
        if (!wanted.SequenceEqual(found))
        {
            throw new SpecFailedException($"{what} should be [{string.Join(", ", wanted)}], but is [{string.Join(", ", found)}].");
        }
    }

    public static void Set<T>(IEnumerable<T> expected, IEnumerable<T> actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        var (wanted, found) = (expected.ToList(), actual.ToList());
        if (wanted.Count != found.Count || !wanted.ToHashSet().SetEquals(found))
        {
            throw new SpecFailedException(
                $"{what} should be, in any order, [{string.Join(", ", wanted)}], but is [{string.Join(", ", found)}].");
        }
    }

    /// <summary>Returns the only item of a list.</summary>
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
            await act();
        }
        catch (TException expected)
        {
            return expected;
        }
        catch (Exception other)
        {
            throw new SpecFailedException(
                $"{rule} A {typeof(TException).Name} was expected, but a {other.GetType().Name} was thrown.", other);
        }

        throw new SpecFailedException($"{rule} A {typeof(TException).Name} was expected, but nothing was thrown.");
    }

    /// <summary>Expects a conflict or an exception. The store may choose which one reports a broken contract.</summary>
    public static async Task ConflictOrRefusalAsync(Func<Task<long>> save)
    {
        long number;
        try
        {
            number = await save();
        }
        catch (Exception exception) when (exception is not SpecFailedException)
        {
            return;
        }

        Equal(0, number, "the number of a change that breaks the contract");
    }
}
