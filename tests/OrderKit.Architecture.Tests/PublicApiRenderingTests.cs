#pragma warning disable CS0067, CA1052, CA1034, CA1051, CA1711, CA1040, MA0069, CA2211, CA1024, CA1032, CA1064 // The types below are there to be looked at.

using System.Diagnostics.CodeAnalysis;

namespace OrderKit.Architecture.Tests;

/// <summary>The renderer itself: what a reviewer has to see is on the page.</summary>
public sealed class PublicApiRenderingTests
{
    [Fact]
    public void A_closed_result_shows_each_ending() => Assert.Equal(
        """
        namespace OrderKit.Architecture.Tests

        public abstract record PublicApiRenderingTests.Ending

        public sealed record PublicApiRenderingTests.Ending.Done : PublicApiRenderingTests.Ending
            Done(string Number, int? Tries = null)
            int? Tries { get; init; }
            string Number { get; init; }

        """.ReplaceLineEndings("\n"),
        PublicApi.Render("Test", [typeof(Ending), typeof(Ending.Done)]));

    [Fact]
    public void A_key_is_a_readonly_record_struct() => Assert.Equal(
        """
        namespace OrderKit.Architecture.Tests

        public readonly record struct PublicApiRenderingTests.Key
            const string Default = "a \"b\""
            Key(string Tenant, long Number)
            long Number { get; init; }
            string Tenant { get; init; }
            override string ToString()
            static PublicApiRenderingTests.Key Parse(string text)

        """.ReplaceLineEndings("\n"),
        PublicApi.Render("Test", [typeof(Key)]));

    [Fact]
    public void Enum_members_stand_in_the_order_of_their_numbers() => Assert.Equal(
        """
        namespace OrderKit.Architecture.Tests

        public enum PublicApiRenderingTests.Level : byte
            Low = 1
            High = 7

        """.ReplaceLineEndings("\n"),
        PublicApi.Render("Test", [typeof(Level)]));

    [Fact]
    public void A_contract_shows_nullability_generics_constraints_and_defaults() => Assert.Equal(
        """
        namespace OrderKit.Architecture.Tests

        public interface PublicApiRenderingTests.IStore<in TKey, TValue> where TKey : notnull where TValue : class
            IReadOnlyList<KeyValuePair<string, TValue?>> All { get; }
            ValueTask<TValue?> FindAsync(TKey key, string? hint = null, PublicApiRenderingTests.Level level = Level.High, CancellationToken cancellationToken = default)
            bool TryGet<TOther>(TKey key, out TOther? value) where TOther : struct, IComparable<TOther>

        """.ReplaceLineEndings("\n"),
        PublicApi.Render("Test", [typeof(IStore<,>)]));

    [Fact]
    public void What_only_heirs_see_is_shown_and_what_nobody_sees_is_not() => Assert.Equal(
        """
        namespace OrderKit.Architecture.Tests

        public abstract class PublicApiRenderingTests.Unit : IDisposable
            protected Unit()
            int Count { get; protected set; }
            required string Name { get; init; }
            event EventHandler? Ended
            protected abstract Task EndAsync(params string[] reasons)
            virtual void Dispose()

        """.ReplaceLineEndings("\n"),
        PublicApi.Render("Test", [typeof(Unit)]));

    [Fact]
    public void No_type_is_too_odd_to_be_rendered() => Assert.Contains("public readonly struct Int32", PublicApi.Render(typeof(int).Assembly), StringComparison.Ordinal);

    [Fact]
    public void An_empty_package_says_so() => Assert.Equal("# Test: nothing is public yet.\n", PublicApi.Render("Test", []));

    [Fact]
    public void A_diff_shows_the_lines_that_went_and_came_under_the_one_that_stayed() =>
        Assert.Equal("  b\n- c\n+ x\n", TextDiff.Lines("a\nb\nc\nd", "a\nb\nx\nd"));

    public abstract record Ending
    {
        private Ending()
        {
        }

        public sealed record Done(string Number, int? Tries = null) : Ending;
    }

    public readonly record struct Key(string Tenant, long Number)
    {
        public const string Default = "a \"b\"";

        public static Key Parse(string text) => new(text, 0);

        public override string ToString() => Tenant;
    }

    public enum Level : byte
    {
        High = 7,
        Low = 1,
    }

    public interface IStore<in TKey, TValue>
        where TKey : notnull
        where TValue : class
    {
        IReadOnlyList<KeyValuePair<string, TValue?>> All { get; }

        ValueTask<TValue?> FindAsync(TKey key, string? hint = null, Level level = Level.High, CancellationToken cancellationToken = default);

        bool TryGet<TOther>(TKey key, [NotNullWhen(true)] out TOther? value)
            where TOther : struct, IComparable<TOther>;
    }

    public abstract class Unit : IDisposable
    {
        public required string Name { get; init; }

        public int Count { get; protected set; }

        public event EventHandler? Ended;

        public virtual void Dispose()
        {
        }

        internal static void Hidden()
        {
        }

        protected abstract Task EndAsync(params string[] reasons);

        private protected static void AlsoHidden()
        {
        }
    }
}
