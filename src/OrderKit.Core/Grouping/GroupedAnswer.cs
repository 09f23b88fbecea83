using System.Runtime.ExceptionServices;

namespace OrderKit.Core;

/// <summary>What became of one member of a set: a result, or the failure that only its own caller hears of.</summary>
/// <typeparam name="TResult">The result.</typeparam>
public readonly struct GroupedAnswer<TResult>
{
    private readonly ExceptionDispatchInfo? _failure;

    private GroupedAnswer(TResult? result, ExceptionDispatchInfo? failure)
    {
        Result = result;
        _failure = failure;
    }

    /// <summary>The result, where there is no failure.</summary>
    public TResult? Result { get; }

    /// <summary>The failure.</summary>
    public Exception? Failure => _failure?.SourceException;

    /// <summary>A result.</summary>
    public static implicit operator GroupedAnswer<TResult>(TResult result) => new(result, null);

    /// <summary>A failure.</summary>
    public static implicit operator GroupedAnswer<TResult>(Exception failure) => new(default, ExceptionDispatchInfo.Capture(failure));
}
