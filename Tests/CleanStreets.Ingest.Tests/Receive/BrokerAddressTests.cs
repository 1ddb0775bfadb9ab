using CleanStreets.Ingest.Receive.Broker;

namespace CleanStreets.Ingest.Tests.Receive;

public sealed class BrokerAddressTests
{
    [Theory]
    [InlineData("mqtt://127.0.0.1", "127.0.0.1", 1883, false, null)]
    [InlineData("mqtt://broker.example.org:2883/", "broker.example.org", 2883, false, null)]
    [InlineData("mqtts://broker.example.org", "broker.example.org", 8883, true, null)]
    [InlineData("mqtts://in%40gest@[::1]:9883", "::1", 9883, true, "in@gest")]
    public void Address_is_read(string text, string host, int port, bool encrypted, string? user)
    {
        BrokerAddress.TryParse(text, out var address, out var problem).ShouldBeTrue(problem);
        address.ShouldBe(new BrokerAddress(host, port, encrypted, user));
    }

    [Theory]
    [InlineData("", "is not the address of a broker")]
    [InlineData("127.0.0.1:1883", "is not the address of a broker")]
    [InlineData("http://broker", "is not the address of a broker")]
    [InlineData("mqtt://", "is not the address of a broker")]
    [InlineData("mqtt://broker/topic", "goes on behind the port")]
    [InlineData("mqtt://user:secret@broker", "does not belong in a command line")]
    public void What_is_none_is_told_in_a_sentence_that_repeats_no_password(string text, string says)
    {
        BrokerAddress.TryParse(text, out _, out var problem).ShouldBeFalse();
        problem.ShouldContain(says);
        problem.ShouldNotContain("secret");
    }
}
