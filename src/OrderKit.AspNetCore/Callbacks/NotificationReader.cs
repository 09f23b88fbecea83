using Microsoft.AspNetCore.Http;

namespace OrderKit.AspNetCore;

/// <summary>Verifies and reads a callback. It writes nothing.</summary>
/// <param name="context">The request, for its headers and query. Its body has been read.</param>
/// <param name="body">The body as it was sent. Most providers sign it.</param>
/// <param name="cancellationToken">Cancelled when the provider disconnects.</param>
public delegate ValueTask<NotificationReading> NotificationReader(
    HttpContext context, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);
