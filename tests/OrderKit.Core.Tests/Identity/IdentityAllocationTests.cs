namespace OrderKit.Core.Tests;

public sealed class IdentityAllocationTests
{
    [Fact]
    public void Looking_an_order_up_allocates_nothing()
    {
        var keys = Enumerable.Range(0, 100).Select(n => OrderKey.For(OrderId.Derive(new ChannelCode("DY"), $"{n}"))).ToArray();
        var numbers = keys.Select((key, n) => (key, n)).ToDictionary(pair => pair.key, pair => pair.n);
        long LookUp()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var found = 0;
            for (var i = 0; i < 10_000; i++)
                found += numbers.TryGetValue(keys[i % keys.Length], out _) ? 1 : 0;
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(10_000, found);
            return allocated;
        }

        LookUp();
        Assert.Equal(0, LookUp());
    }

    [Fact]
    public void Deriving_an_id_allocates_nothing()
    {
        var channel = new ChannelCode("DY");
        long Derive()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1_000; i++)
                _ = OrderId.Derive(channel, "4781236549870123", "shop");
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Derive();
        Assert.Equal(0, Derive());
    }
}
