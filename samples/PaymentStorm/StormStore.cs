using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;

namespace PaymentStorm;

/// <summary>The store of the command line.</summary>
internal static class StormStore
{
    public static OrderKitBuilder Choose(OrderKitBuilder builder, StormOptions options, string connection) => options.UsesPostgres
        // The driver prepares what comes again and again, and two sets are written at the same time.
        ? builder.AddIntake(static intake => intake.Writers = 2).UsePostgreSql($"{connection};Max Auto Prepare=100;Auto Prepare Min Usages=2")
        : builder.UseSqlite(connection);

    public static string Describe(StormOptions options) => options.UsesPostgres ? "PostgreSQL, fsync as the server has it" : "SQLite, synchronous=FULL";
}
