using OrderKit.Sql.Tests;
using OrderKit.Sqlite.Tests;

return await CrashProgram.RunAsync(
    args,
    static (place, now, around) => new SqliteTestStore(
        options =>
        {
            options.Wrap = around;
            options.CheckpointPages = 1;
        },
        place,
        new FakeTimeProvider(now)));
