using RabbitMQ.Client;

namespace OrderKit.RabbitMq.Tests;

public sealed class RabbitMqMessageTests
{
    /// <summary>Of bytes that are no UTF-8 the client makes U+FFFD: the ids of two messages would be one, and the second message lost as a redelivery.</summary>
    [Fact]
    public void What_is_no_text_on_the_wire_is_no_id_and_no_type()
    {
        var garbled = RabbitMqMessage.Read("events", new BasicProperties { MessageId = "\uFFFD\uFFFD7", Type = "pay\uFFFD" }, new byte[] { 1 }, false, null!);
        Assert.Null(garbled.MessageId);
        Assert.Null(garbled.Type);
        Assert.False(garbled.TryRead(out _, out _));

        var sound = RabbitMqMessage.Read("events", new BasicProperties { MessageId = "订单-7", Type = "paid" }, new byte[] { 1 }, false, null!);
        Assert.Equal(("订单-7", "paid"), (sound.MessageId, sound.Type));
    }
}
