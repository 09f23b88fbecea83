using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;

namespace PaymentStorm;

/// <summary>Chooses the store that the command line names.</summary>
internal static class StormStore
{
    public static OrderKitBuilder Choose(OrderKitBuilder builder, StormOptions options, string connection) => options.UsesPostgres
        // The driver prepares repeated statements, and two groups are written at the same time.
        ? builder.AddIntake(static intake => intake.Writers = 2).UsePostgreSql($"{connection};Max Auto Prepare=100;Auto Prepare Min "
            + $"Usages=2")
        : builder.UseSqlite(connection);

    public static string Describe(StormOptions options) =>
        options.UsesPostgres ? "PostgreSQL, fsync as the server has it" : "SQLite, synchronous=FULL";
}
