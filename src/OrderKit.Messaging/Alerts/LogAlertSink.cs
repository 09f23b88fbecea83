using Microsoft.Extensions.Logging;
using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Writes alerts to the log as warnings with event id 2401.</summary>
internal sealed partial class LogAlertSink(ILogger<LogAlertSink> logger) : IAlertSink
{
    public string Name => "log";

    public Task SendAsync(Alert alert, CancellationToken cancellationToken)
    {
        var subjects = string.Join(", ", alert.Subjects.Select(AlertText.Clean));
        LogAlert(logger, alert.Id, AlertText.TitleOf(alert), AlertText.TimeOf(alert), subjects);
        return Task.CompletedTask;
    }

    [LoggerMessage(2401, LogLevel.Warning, "Alert {AlertId}: {Title} {Time}: {Subjects}")]
    private static partial void LogAlert(ILogger logger, string alertId, string title, string time, string subjects);
}
