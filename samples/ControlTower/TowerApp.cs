using ControlTower.FollowUp;
using ControlTower.Pages;
using ControlTower.Replays;
using OrderKit.Messaging;
using OrderKit.Sqlite;
using OrderKit.StateMachine;

namespace ControlTower;

/// <summary>Puts the tower together: OrderKit with its store, the handler of events, the replay, and the pages.</summary>
public static class TowerApp
{
    public static WebApplication Build(string database, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });

        // What contradicts is told in the summary and on the pages; a line of log for each would bury the progress bar.
        builder.Logging.ClearProviders().AddSimpleConsole().SetMinimumLevel(LogLevel.Warning).AddFilter("OrderKit", LogLevel.Error);
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        builder.Configuration["AllowedHosts"] = "127.0.0.1;localhost;[::1]";

        builder.Services.AddSingleton<ReplayClock>();
        builder.Services.AddSingleton<TimeProvider>(static services => services.GetRequiredService<ReplayClock>());
        builder.Services.AddOrderKit()
            .AddEventHandler<ReleaseWhenReady>()
            .UseSqlite(sqlite =>
            {
                sqlite.ConnectionString = $"Data Source={database}";

                // Thousands of small transactions, and a file that the next start makes anew: a loss of power may cost the last ones.
                // A host with orders of its own keeps the default, which may not.
                sqlite.Synchronous = SqliteSynchronous.Normal;
            });
        builder.Services.AddSingleton<IDeadlineProbe, PaymentCloseDesk>();

        // The replay turns pump and deadlines itself, between two slots of its own time.
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
