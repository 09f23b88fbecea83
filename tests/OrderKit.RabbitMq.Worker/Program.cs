using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderKit.RabbitMq;
using OrderKit.RabbitMq.Worker;
using OrderKit.Sqlite;

// One of the two systems of the end-to-end test, which kills it: publisher|consumer FILE PREFIX.
// It ends with whoever started it: that is when its standard input closes.
var (role, file, prefix) = (args[0], args[1], args[2]);
var host = Host.CreateApplicationBuilder();
host.Logging.ClearProviders();
host.Logging.AddFilter(level => level >= LogLevel.Critical);
host.Services.Configure<HostOptions>(options => options.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.StopHost);
var orderKit = host.Services.AddOrderKit()
    .UseSqlite(options => (options.ConnectionString, options.Synchronous) = ($"Data Source={file}", SqliteSynchronous.Normal))
    .AddRabbitMq(options =>
    {
        options.Uri = new Uri(Environment.GetEnvironmentVariable("ORDERKIT_TEST_RABBITMQ") ?? throw new InvalidOperationException("ORDERKIT_TEST_RABBITMQ names no server."));
        options.Prefix = prefix;
        options.ClientName = role;
        options.DeliveryLimit = 10_000;
        options.ConfirmTimeout = TimeSpan.FromSeconds(1);
        options.MaxDelay = TimeSpan.FromSeconds(1);
        options.Topics.Add(new RabbitMqTopic("events", 4));
    });

// What a process held that was killed waits for its lease, so the lease is short.
var lease = TimeSpan.FromSeconds(2);
var sweep = TimeSpan.FromMilliseconds(20);
orderKit.AddInbox(options => (options.RunInBackground, options.Lease, options.PollInterval, options.MaxAttempts) = (role == "consumer", lease, sweep, 1_000_000));
orderKit.SendThroughTransport(options =>
{
    (options.RunInBackground, options.Lease, options.PollInterval, options.MaxAttempts) = (role == "publisher", lease, sweep, 1_000_000);
    (options.FirstDelay, options.MaxDelay) = (TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(500));
    (options.FirstBreak, options.MaxBreak) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500));
});
if (role == "consumer")
{
    orderKit.AddInboxHandler<EffectHandler>();
    orderKit.ReceiveFromTransport(options => (options.Topic, options.Consumer, options.MaxDelay) = ("events", EffectHandler.Name, TimeSpan.FromSeconds(1)));
}

using var built = host.Build();
var running = built.RunAsync();
await Task.WhenAny(running, Console.In.ReadToEndAsync());
