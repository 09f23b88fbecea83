using System.Globalization;
using System.Runtime.InteropServices;
using Spectre.Console;

namespace PaymentStorm.Serving;

/// <summary>The command with <c>--serve</c>: places orders, listens until Ctrl+C, and prints the account.</summary>
internal static class ServeCommand
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    /// <returns>The account; <see langword="null"/>, with a reason on the console, if the server could not start.</returns>
    public static async Task<Account?> RunAsync(
        StormOptions options, string connection, TextWriter output, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            await using var server = await PlaceAsync(options, connection, stop.Token);
            if (!await AcknowledgedBeforeAsync(server, options.Acknowledged, stop.Token))
            {
                return null;
            }

            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{StormStore.Describe(options)}; {server.Trades:N0} trades, T000000000 to "
                    + $"{new Trade(server.Trades - 1).MerchantNumber}, {server.EffectsBefore:N0} of them paid before; listening on "
                    + $"{server.Address.ToString().TrimEnd('/')}; Ctrl+C ends it."));
            await ShowAsync(server, stop.Token);
            var account = await server.CloseAsync();
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{server.Answers.Taken:N0} callbacks taken, {server.Answers.Again:N0} to be sent again, {server.Answers.Refused:N0} "
                    + $"refused; then the journal of every order read back."));
            return account;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Stopped before it listened.");
        }
        catch (IOException e)
        {
            await Console.Error.WriteLineAsync($"It cannot be served: {e.Message}");
        }
        catch (StoreInUseException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
        }

        return null;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    private static Task<CallbackServer> PlaceAsync(StormOptions options, string connection, CancellationToken cancellationToken) =>
        Progress().StartAsync(async context =>
    {
        var placing = context.AddTask(string.Create(CultureInfo.InvariantCulture, $"{options.Orders:N0} orders placed"), maxValue: 1);
        var server = await CallbackServer.StartAsync(options, connection, share => placing.Value = share, cancellationToken);
        placing.Value = 1;
        return server;
    });

    private static async Task<bool> AcknowledgedBeforeAsync(CallbackServer server, string? file, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            return true;
        }

        await foreach (var line in File.ReadLinesAsync(file, cancellationToken))
        {
            if (!Trade.TryParse(line, out var trade) || !server.Answers.TryAcknowledge(trade))
            {
                await Console.Error.WriteLineAsync($"'{line}' in {file} is none of the trades.");
                return false;
            }
        }

        return true;
    }

    private static Task ShowAsync(CallbackServer server, CancellationToken stop) => Progress().StartAsync(async context =>
    {
        var serving = context.AddTask("callbacks").IsIndeterminate();
        using var timer = new PeriodicTimer(Tick);
        var (sent, began) = (0L, TimeProvider.System.GetTimestamp());
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                var (now, elapsed) = (server.Answers.Sent, TimeProvider.System.GetElapsedTime(began).TotalSeconds);
                serving.Description = string.Create(
                    CultureInfo.InvariantCulture, $"{now:N0} callbacks, {(now - sent) / elapsed:N0}/s; {server.Answers.Again:N0} to be "
                        + $"sent again, {server.Answers.Refused:N0} refused");
                (sent, began) = (now, TimeProvider.System.GetTimestamp());
            }
        }
        catch (OperationCanceledException)
        {
            serving.StopTask();
        }
    });

    private static Progress Progress() => AnsiConsole.Progress()
        .AutoClear(false)
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn());
}
