using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>Mosquitto's own tools against our listener.</summary>
public sealed class MosquittoToolsTests
{
    [Theory]
    [InlineData("mqttv311", "0")]
    [InlineData("mqttv5", "1")]
    [InlineData("mqttv5", "2")]
    public async Task Mosquitto_sub_hears_what_mosquitto_pub_says_through_our_listener(string version, string qos)
    {
        Skip("/usr/bin/mosquitto_pub");
        await using var broker = await Broker.StartAsync();
        string[] where = ["-h", "127.0.0.1", "-p", $"{broker.Port}", "-V", version, "-q", qos, "-t", "a/b"];
        await using var publisher = ProductProgram.StartProcess("/usr/bin/mosquitto_pub", [.. where, "-r", "-m", "hello"]);
        await Eventually.TrueAsync("mosquitto_pub ends", () => publisher.ExitCode is not null);
        publisher.ExitCode.ShouldBe(0, publisher.Output);
        await using var subscriber = ProductProgram.StartProcess("/usr/bin/mosquitto_sub", [.. where, "-C", "1", "-W", "120"]);
        await Eventually.TrueAsync("mosquitto_sub ends", () => subscriber.ExitCode is not null && subscriber.Output.Length > 0);
        subscriber.Output.ShouldBe("hello");
    }

    [Fact]
    public async Task Mosquitto_sub_finds_its_session_with_the_password_that_mosquitto_passwd_wrote()
    {
        Skip("/usr/bin/mosquitto_passwd");
        using var folder = new TemporaryFolder();
        var passwords = folder.Combine("passwords");
        await RunAsync("/usr/bin/mosquitto_passwd", "-c", "-b", passwords, "bob", "secret");
        await using var broker = await Broker.StartAsync(options: new Mqtt.Listener.MqttListenerOptions { PasswordFile = passwords });
        string[] where = ["-h", "127.0.0.1", "-p", $"{broker.Port}", "-u", "bob", "-P", "secret", "-q", "1", "-t", "a/b"];
        await RunAsync("/usr/bin/mosquitto_sub", [.. where, "-c", "-i", "s", "-E"]);
        await RunAsync("/usr/bin/mosquitto_pub", [.. where, "-m", "waited"]);
        (await RunAsync("/usr/bin/mosquitto_sub", [.. where, "-c", "-i", "s", "-C", "1", "-W", "120"])).ShouldBe("waited");
    }

    internal static async Task<string> RunAsync(string program, params string[] arguments)
    {
        await using var process = ProductProgram.StartProcess(program, arguments);
        (await process.ExitAsync(Eventually.Patience)).ShouldBe(0, process.Output);
        return process.Output;
    }

    internal static void Skip(string program) => Assert.SkipUnless(File.Exists(program), $"{program} is not installed (apt-get install mosquitto mosquitto-clients)");
}
