using System.Diagnostics.CodeAnalysis;
using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>A message as it came: anything but the bytes may be missing or wrong.</summary>
/// <param name="Topic">The topic that was subscribed to.</param>
/// <param name="Body">The bytes, which are the receiver's to keep.</param>
/// <param name="Tag">By what the transport knows the delivery again.</param>
public sealed record TransportDelivery(string Topic, ReadOnlyMemory<byte> Body, object Tag)
{
    /// <summary>The message id; <see langword="null"/> where it is missing or no text.</summary>
    public string? MessageId { get; init; }

    /// <summary>The tenant; <see langword="null"/> where it is missing or no text.</summary>
    public string? Tenant { get; init; }

    /// <summary>The lane; <see langword="null"/> where it is missing or no text.</summary>
    public string? Lane { get; init; }

    /// <summary>The kind of message; <see langword="null"/> where it is missing or no text.</summary>
    public string? Type { get; init; }

    /// <summary>Whether it may have been delivered before.</summary>
    public bool IsRedelivered { get; init; }

    /// <summary>Reads it; <see langword="false"/>, and why, where that is not possible.</summary>
    public bool TryRead([NotNullWhen(true)] out TransportMessage? message, [NotNullWhen(false)] out string? fault)
    {
        message = null;
        if (string.IsNullOrEmpty(Tenant))
        {
            fault = "The message has no tenant.";
            return false;
        }

        TenantId tenant;
        try
        {
            tenant = new TenantId(Tenant);
        }
        catch (ArgumentException e)
        {
            fault = e.Message;
            return false;
        }

        // A missing text differs from an empty one, which is a valid lane or type.
        fault = TransportText.Fault("message id", MessageId) ?? TransportText.Fault("lane", Lane) ?? TransportText.Fault("type", Type);
        if (fault is not null)
        {
            return false;
        }

        var read = new TransportMessage(MessageId!, Topic, tenant, Lane!, Type!, Body);
        fault = read.Fault;
        message = fault is null ? read : null;
        return fault is null;
    }
}
