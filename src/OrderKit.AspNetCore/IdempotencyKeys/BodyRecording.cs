using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace OrderKit.AspNetCore;

/// <summary>Records the body of each request that has an <c>Idempotency-Key</c>, before any middleware can read it.</summary>
internal sealed class BodyRecording : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(static (context, rest) =>
        {
            if (!IdempotencyKeyGate.IsSafe(context.Request.Method) && context.Request.Headers.ContainsKey(IdempotencyKeyHeader.Name))
            {
                RecordedBody.Install(context);
            }

            return rest(context);
        });
        next(app);
    };
}
