using OrderKit.PostgreSql.Tests;
using OrderKit.Sql.Tests;

return await CrashProgram.RunAsync(
    args, static (place, now, around) => new PostgreSqlTestStore(options => options.Wrap = around, place, clock: ClockShift.To(now)));
