using System.Net;
using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Listener.Transport;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>Exactly one owner of a connection's end on its way from a handshake to the loop.</summary>
public sealed class NewcomerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void End_that_is_taken_stays_open_and_one_that_is_not_is_closed_and_said(bool taken)
    {
        var (near, end) = SocketPair.Create();
        using var framework = near;
        framework.ReceiveTimeout = 20_000;
        var said = 0;
        var newcomer = new Newcomer(new MqttEndpoint(new IPEndPoint(IPAddress.Loopback, 0)), end, certificate: null, () => said++);
        using (newcomer)
        {
            if (taken)
            {
                newcomer.TakeDescriptor().ShouldBeGreaterThan(2);
            }
        }

        said.ShouldBe(taken ? 0 : 1);
        framework.Poll(0, System.Net.Sockets.SelectMode.SelectRead).ShouldBe(!taken, "the other end is closed");
    }
}
