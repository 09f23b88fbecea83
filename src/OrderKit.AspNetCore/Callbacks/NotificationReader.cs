using Microsoft.AspNetCore.Http;

namespace OrderKit.AspNetCore;

/// <summary>Verifies a callback and reads what it says; writes nothing.</summary>
/// <param name="context">The request, for its headers and query. Its body has been read.</param>
/// <param name="body">The body as it was sent: what most providers sign.</param>
/// <param name="cancellationToken">Cancelled when the provider hangs up.</param>
public delegate ValueTask<NotificationReading> NotificationReader(HttpContext context, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);
