using OrderKit.Eng;

namespace OrderKit.Benchmarks;

/// <summary>Plain ADO.NET that does again what was recorded: the values are ready, nothing is decided or serialised.</summary>
internal interface IHandWritten : IAsyncDisposable
{
    /// <summary>Gets ready what is not part of the work.</summary>
    void Plan(IReadOnlyList<RecordedStep> steps);

    /// <summary>Does what was planned last.</summary>
    Task RunAsync();
}
