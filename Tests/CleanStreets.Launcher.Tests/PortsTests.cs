using System.Net;
using System.Net.Sockets;
using CleanStreets.Launcher.Commands;
using CleanStreets.Launcher.Processes;

namespace CleanStreets.Launcher.Tests;

public sealed class PortsTests
{
    [Fact]
    public void Default_port_that_is_taken_moves_on_and_says_so()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var chosen = Ports.Choose("--mqtt", named: null, port, out var moved);

        moved.ShouldBeTrue();
        chosen.Port.ShouldBeGreaterThan(port);
    }

    [Fact]
    public void Port_taken_on_every_address_is_taken_on_loopback_too()
    {
        using var taken = new TcpListener(IPAddress.Any, 0);
        taken.Start();

        Ports.Choose("--mqtt", named: null, ((IPEndPoint)taken.LocalEndpoint).Port, out var moved);

        moved.ShouldBeTrue();
    }

    [Theory]
    [InlineData("::1")]
    [InlineData("[::1]")]
    [InlineData("127.0.0.1")]
    public void Address_without_a_port_is_refused_with_an_example(string named) =>
        Should.Throw<WrongUseException>(() => Ports.Choose("--http", named, 8080, out _)).Message.ShouldContain("[::1]:8080");

    [Fact]
    public void Port_zero_leaves_the_choice_to_the_system() =>
        Ports.Choose("--http", "localhost:0", 8080, out _).ShouldBe(new IPEndPoint(IPAddress.Loopback, 0));
}
