namespace OrderKit.RabbitMq.Tests;

public sealed class TopologyTests
{
    /// <summary>Fixed for ever: another number would put a lane into another queue, beside what still lies in the old one.</summary>
    [Theory]
    [InlineData("default", "", 8)]
    [InlineData("default", "TB-1", 8)]
    [InlineData("租户", "订单 🙂", 64)]
    public void A_lane_lies_in_the_queue_that_sha_256_says(string tenant, string lane, int queueCount)
    {
        var digest = System.Security.Cryptography.SHA256.HashData([.. System.Text.Encoding.UTF8.GetBytes(tenant), 0, .. System.Text.Encoding.UTF8.GetBytes(lane)]);
        var number = digest.Take(8).Aggregate(0UL, (sum, next) => (sum << 8) | next);

        Assert.Equal((int)(number % (ulong)queueCount), RabbitMqTopology.NumberOf(tenant, lane, queueCount));
    }

    [Fact]
    public void Lanes_are_spread_over_all_queues()
    {
        var counts = Enumerable.Range(0, 8_000).CountBy(i => RabbitMqTopology.NumberOf("default", $"TB-{i}", 8)).ToList();

        Assert.Equal(8, counts.Count);
        Assert.All(counts, count => Assert.InRange(count.Value, 800, 1_200));
    }

    [Fact]
    public void The_tenant_counts() =>
        Assert.True(Enumerable.Range(0, 50).Select(i => RabbitMqTopology.NumberOf($"tenant-{i}", "1", 64)).Distinct().Count() > 10);
}
