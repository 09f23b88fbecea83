using OrderKit.Eng;

namespace OrderKit.Benchmarks;

/// <summary>Repeats recorded statements with plain ADO.NET. The values are ready; nothing is decided or serialised.</summary>
internal interface IHandWritten : IAsyncDisposable
{
    /// <summary>Prepares what is not part of the measured work.</summary>
    void Plan(IReadOnlyList<RecordedStep> steps);

    /// <summary>Executes the last plan.</summary>
    Task RunAsync();
}
