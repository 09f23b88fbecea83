using OrderKit.Specs;

namespace OrderKit.RabbitMq.Tests;

[Trait("Requires", "RabbitMq")]
public sealed class RabbitMqTransportTests
{
    public static TheoryData<string> Rules => [.. TransportSpec.Cases.Select(spec => spec.Name)];

    [Theory, MemberData(nameof(Rules))]
    public Task The_transport_keeps_every_rule(string name) => TransportSpec.RunAsync(name, () => new(new RabbitMqTransportUnderTest()));
}
