using ControlTower.FollowUp;
using ControlTower.Pages;
using ControlTower.Replays;
using OrderKit.Messaging;
using OrderKit.Sqlite;
using OrderKit.StateMachine;

namespace ControlTower;

/// <summary>Builds the tower: OrderKit with its store, the event handler, the replay and the pages.</summary>
public static class TowerApp
{
    public static WebApplication Build(string database, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });

        // The summary and the pages show the contradictions. A log line for each would hide the progress bar.
        builder.Logging.ClearProviders().AddSimpleConsole().SetMinimumLevel(LogLevel.Warning).AddFilter("OrderKit", LogLevel.Error);
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        builder.Configuration["AllowedHosts"] = "127.0.0.1;localhost;[::1]";

        builder.Services.AddSingleton<ReplayClock>();
        builder.Services.AddSingleton<TimeProvider>(static services => services.GetRequiredService<ReplayClock>());
        builder.Services.AddOrderKit()
            .AddEventHandler<ReleaseWhenReady>()
            .AddDeadlineProbe<PaymentCloseDesk>()
            .UseSqlite(sqlite =>
            {
                sqlite.ConnectionString = $"Data Source={database}";

                // Thousands of small transactions in a file that the next start creates again: a power failure may undo the last ones.
                // A host with real orders should keep the default, which is durable.
                sqlite.Synchronous = SqliteSynchronous.Normal;
            });

        // The replay runs pump and deadlines itself, between two slots.
        builder.Services.Configure<OutboxPumpOptions>(static pump => pump.RunInBackground = false);
        builder.Services.Configure<DeadlineOptions>(static deadlines => deadlines.RunInBackground = false);
        builder.Services.AddSingleton<FollowUpTally>();
        builder.Services.AddSingleton<Replay>();
        builder.Services.AddSingleton<TowerLoader>();
        builder.Services.AddSingleton<TowerPages>();
        configure?.Invoke(builder);

        var app = builder.Build();
        app.UseMiddleware<SecurityHeaders>();
        app.MapTower();
        return app;
    }
}
