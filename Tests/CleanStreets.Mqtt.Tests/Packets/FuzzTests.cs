namespace CleanStreets.Mqtt.Tests.Packets;

/// <summary>The decoder under hostile bytes, short; <c>./cleanstreets bench fuzz</c> does the same long.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V500)]
    public void Packets_that_fuzzing_begins_with_are_valid(MqttProtocolVersion version) =>
        SamplePackets.All(version).ShouldAllBe(sample => !PacketFuzz.Decode(sample, version).IsFault || (version == MqttProtocolVersion.V311 && sample[0] == 0xE0));

    [Fact]
    public void Random_and_mutated_packets_never_throw_and_every_refusal_has_a_code_and_a_reason()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        new PacketFuzz(seed).Run(300_000);
    }
}
