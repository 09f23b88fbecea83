using OrderKit.Benchmarks;

// dotnet run -c Release --project benchmarks/OrderKit.Benchmarks -- [decisions] [memory] …; without a name, all.
var suites = new (string Name, Func<Task> Run)[]
{
    ("decisions", () => { DecisionBenchmarks.Run(); return Task.CompletedTask; }),
    ("memory", () => { MemoryBenchmarks.Run(); return Task.CompletedTask; }),
    ("journal", () => { JournalHashingBenchmarks.Run(); return Task.CompletedTask; }),
    ("sqlite", SqliteBenchmarks.RunAsync),
    ("postgres", PostgreSqlBenchmarks.RunAsync),
    ("storm", StormBenchmarks.RunAsync),
    ("grouped", GroupedBenchmarks.RunAsync),
    ("messaging", MessagingBenchmarks.RunAsync),
    ("peers", PeerBenchmarks.RunAsync),
    ("upkeep", UpkeepBenchmarks.RunAsync),
    ("deadlines", DeadlineBenchmarks.RunAsync),
};

foreach (var unknown in args.Where(a => !suites.Any(s => s.Name == a)))
{
    Console.Error.WriteLine($"There is no suite '{unknown}'. There are: {string.Join(", ", suites.Select(s => s.Name))}.");
    return 2;
}

Console.WriteLine($".NET {Environment.Version}, {Environment.ProcessorCount} processors, "
    + $"{(System.Runtime.GCSettings.IsServerGC ? "server" : "workstation")} GC");
foreach (var (_, run) in suites.Where(s => args.Length == 0 || args.Contains(s.Name)))
{
    await run().ConfigureAwait(false);
}

return 0;
