using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OrderKit;
using OrderKit.Eng;
using OrderKit.Sql;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;
using PaymentStorm.Serving;
using Spectre.Console;

namespace PaymentStorm;

/// <summary>The command: places orders, delivers callbacks or waits for them over HTTP, and prints the account.</summary>
public static class StormCommand
{
    private const int Succeeded = 0;
    private const int Failed = 1;
    private const int Refused = 2;

    // More payments per second than any machine has answered so far.
    private const int OrdersForASecond = 2_500;
    private const int MostOrders = 400_000;

    public static async Task<int> RunAsync(string[] args, TextWriter output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (StormOptions.Parse(args, out var fault) is not { } options)
        {
            await Console.Error.WriteLineAsync(fault);
            await Console.Error.WriteLineAsync(StormOptions.Usage);
            return Refused;
        }

        if (options.Help)
        {
            await output.WriteLineAsync(StormOptions.Usage);
            return Succeeded;
        }

        var server = options is { UsesPostgres: true, Connection: null } ? await ThrowAwayPostgreSql.StartAsync(fsync: true) : null;
        if (options is { UsesPostgres: true, Connection: null } && server is null)
        {
            await Console.Error.WriteLineAsync("Name an empty database with --connection, or use --store sqlite.");
            return Failed;
        }

        var folder = options is { UsesPostgres: false, Connection: null } ? Directory.CreateTempSubdirectory("orderkit-storm-") : null;
        try
        {
            var connection = options.Connection ?? server?.ConnectionString ?? $"Data Source={Path.Combine(folder!.FullName, "storm.db")}";
            var account = options.Port is null
                ? await BlowAsync(options, connection, output)
                : await ServeCommand.RunAsync(options, connection, output, cancellationToken);
            if (account is null)
            {
                return Failed;
            }

            await output.WriteLineAsync(account.ToString());
            return account is { Lost: 0, Double: 0 } ? Succeeded : Failed;
        }
        catch (Exception e) when (e is System.Data.Common.DbException or Microsoft.Extensions.Options.OptionsValidationException)
        {
            await Console.Error.WriteLineAsync($"The database cannot be used: {e.Message}");
            return Failed;
        }
        finally
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }

            folder?.Delete(recursive: true);
        }
    }

    private static async Task<Account?> BlowAsync(StormOptions options, string connection, TextWriter output)
    {
        var services = new ServiceCollection().AddLogging();
        StormStore.Choose(services.AddOrderKit(), options, connection);
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<OrderKitSchema>().EnsureAsync();
        if ((await provider.GetRequiredService<OrderQueries>().SearchAsync(new OrderQuery { PageSize = 1 })).Items.Count > 0)
        {
            await Console.Error.WriteLineAsync("The database has orders already, and the account would be wrong. Name an empty one.");
            return null;
        }

        var orders = Math.Min(MostOrders, options.Seconds * OrdersForASecond);
        var storm = new Storm(
            provider.GetRequiredService<OrderIntake>(),
            provider.GetRequiredService<OrderLifecycle>(),
            provider.GetRequiredService<IJournalStore>(),
            orders,
            options.Callers);
        var account = await ShowAsync(storm, options, orders);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{StormStore.Describe(options)}; {orders:N0} orders, {options.Callers} callers; every callback delivered "
                + $"{CallbackStream.Deliveries} times, each answered after its commit; then every order read back."));
        return account;
    }

    private static Task<Account> ShowAsync(Storm storm, StormOptions options, int orders) => AnsiConsole.Progress()
        .AutoClear(false)
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
        .StartAsync(async context =>
        {
            var placing = context.AddTask(string.Create(CultureInfo.InvariantCulture, $"{orders:N0} orders placed"), maxValue: 1);
            await storm.PlaceAsync(share => placing.Value = share);
            placing.Value = 1;

            var blowing = context.AddTask("callbacks", maxValue: options.Seconds);
            var started = TimeProvider.System.GetTimestamp();
            var blow = storm.BlowAsync(TimeSpan.FromSeconds(options.Seconds));
            using (var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250)))
            {
                while (!blow.IsCompleted)
                {
                    await Task.WhenAny(blow, timer.WaitForNextTickAsync().AsTask());
                    var elapsed = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
                    blowing.Value = Math.Min(options.Seconds, elapsed);
                    blowing.Description = string.Create(CultureInfo.InvariantCulture, $"{storm.Sent:N0} callbacks, "
                        + $"{storm.Sent / elapsed:N0}/s; {storm.Effects:N0} payments");
                }
            }

            await blow;
            blowing.Value = options.Seconds;
            var reading = context.AddTask("every order read back", maxValue: 1);
            var account = await storm.CloseAsync();
            reading.Value = 1;
            return account;
        });
}
