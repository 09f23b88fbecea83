using System.Diagnostics;

namespace OrderKit.RabbitMq.Tests;

/// <summary>A process that a test may kill, and start again. It ends with the test.</summary>
internal sealed class Worker : IDisposable
{
    private readonly string[] _arguments;
    private Process _process;
    private bool _hasEnded;

    public Worker(string role, string file, string prefix)
    {
        _arguments = [Path.Combine(AppContext.BaseDirectory, "OrderKit.RabbitMq.Worker.dll"), role, file, prefix];
        _process = Start();
    }

    /// <summary>SIGKILL: nothing of it runs on, and nothing is tidied up.</summary>
    public async Task KillAsync()
    {
        Assert.False(_process.HasExited, "The worker ended by itself: " + (_process.HasExited ? await _process.StandardError.ReadToEndAsync() : ""));
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = Start();
    }

    public void Dispose()
    {
        if (_hasEnded)
        {
            return;
        }

        _hasEnded = true;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private Process Start() => Process.Start(new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", _arguments)
    {
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardError = true,
    })!;
}
