using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Core.Storage;

namespace OrderKit.Alerts.Tests;

/// <summary>The code that the documentation shows; a test holds the two together.</summary>
public sealed class AlertSnippets
{
    [Fact]
    public async Task Alerts_are_registered_and_a_host_writes_notices_of_its_own()
    {
        var services = new ServiceCollection().AddLogging();
        var (secret, robotKey) = ("0123456789abcdef", "k");

        #region alerts
        services.AddOrderKit()
            .UseInMemory()                                                          // or UseSqlite, UsePostgreSql
            .AddAlerts(alerts => alerts
                .ToLog()
                .ToWebhook(o => (o.Address, o.Secret) = (new Uri("https://ops.example.com/hooks/orders"), secret))
                .ToSmtp(o =>
                {
                    (o.Host, o.From, o.UserName, o.Password) = ("smtp.example.com", "orders@example.com", "orders@example.com", secret);
                    o.To.Add("desk@example.com");
                })
                .ToWeCom(o => o.Address = new Uri($"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={robotKey}")));
        #endregion

        await using var provider = services.BuildServiceProvider();
        Assert.Equal(["log", "webhook", "smtp", "wecom"], provider.GetServices<IAlertSink>().Select(sink => sink.Name));
        var (outbox, notices) = (provider.GetRequiredService<IOutboxStore>(), provider.GetRequiredService<AlertNotices>());
        await using var unit = await provider.GetRequiredService<IUnitOfWorkFactory>().BeginAsync();

        #region alert-notice
        // It is sent when the transaction commits, and never without it.
        await notices.WriteAsync(unit, [new AlertNotice(TenantId.Default, "stock-below-zero", "warehouse SH", "oversold", "SKU-1")]);
        #endregion

        await unit.CommitAsync();
        Assert.Equal(1, (await outbox.BacklogAsync(AlertNotice.Destination)).Count);
    }
}
