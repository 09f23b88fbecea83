using OrderKit.Core;

namespace OrderKit;

/// <summary>Another writer changed an order while a notification about it took effect; nothing was written. Take it again, or let the provider send it again.</summary>
public sealed class NotificationConflictException : InvalidOperationException
{
    /// <summary>Makes the exception.</summary>
    public NotificationConflictException()
        : this("Another writer was first.")
    {
    }

    /// <summary>Makes the exception with a message.</summary>
    public NotificationConflictException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with a message and a cause.</summary>
    public NotificationConflictException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes the exception for an order.</summary>
    public NotificationConflictException(OrderKey order)
        : this($"Another writer changed the order {order} while a notification about it took effect; nothing was written. Take it again.") => Order = order;

    /// <summary>The order.</summary>
    public OrderKey? Order { get; }
}
