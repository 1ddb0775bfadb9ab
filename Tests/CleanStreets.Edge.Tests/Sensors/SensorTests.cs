using System.Net;
using System.Security.Cryptography;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Sensors;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Sensors;

public sealed class SensorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("41.2", "pm10_ug_m3=41.2")]
    [InlineData("noise_dba=61 fill_percent=20;wiper_flag=1", "fill_percent=20,noise_dba=61,wiper_flag=1")]
    [InlineData("PM25=7.5", "pm25_ug_m3=7.5")]
    [InlineData("""{"PM25":7.5,"raining_flag":true,"at":"2026-11-26T05:00:00Z"}""", "pm25_ug_m3=7.5,raining_flag=1")]
    public void Lines_of_every_form_become_values_with_units(string line, string expected) => Heard(line).ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("NaN")]
    [InlineData("1e999")]
    [InlineData("dust=3")]
    [InlineData("noise_dba=61 dust=3")]
    [InlineData("1 2")]
    [InlineData("{\"pm10_ug_m3\":")]
    [InlineData("{\"PM25\":\"seven\"}")]
    [InlineData("[1]")]
    [InlineData("{}")]
    public void Bad_lines_are_counted_and_none_of_them_counts(string line)
    {
        var board = new SensorBoard(_clock);
        board.Take(line, Options("file", "x"));
        board.BadLines.ShouldBe(1);
        Values(board).ShouldBeEmpty();
    }

    [Fact]
    public void Old_values_are_no_longer_told()
    {
        var board = new SensorBoard(_clock);
        board.Take("41.2", Options("file", "x"));
        _clock.Advance(TimeSpan.FromSeconds(10));
        Values(board).Count.ShouldBe(1);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Values(board).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("file")]
    [InlineData("serial")]
    [InlineData("http")]
    [InlineData("mqtt")]
    public async Task Real_sources_are_heard_and_found_again(string kind)
    {
        await using var broker = await TestBroker.StartAsync();
        var path = _folder.Combine("sensor");
        var web = $"http://127.0.0.1:{FreePort.Next()}/";
        using var listener = new HttpListener();
        listener.Prefixes.Add(web);
        var source = kind switch { "http" => web, "mqtt" => $"mqtt://127.0.0.1:{broker.Port}/box/dust", _ => path };
        var board = new SensorBoard(TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var running = SensorRunner.RunAsync(Options(kind, source) with { EverySeconds = 0.1 }, board, TimeProvider.System, NullLoggerFactory.Instance, stop.Token);

        // It comes after the agent: first a bad line, then a good one.
        await using var client = new MqttClient(new MqttClientOptions { Port = broker.Port, ClientId = "sensor" }, TimeProvider.System, NullLogger<MqttClient>.Instance);
        listener.Start();
        var answering = kind == "http" ? AnswerAsync(listener) : Task.CompletedTask;
        await client.StartAsync(TestContext.Current.CancellationToken);
        await client.WaitConnectedAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync("the sensor was heard", async () =>
        {
            await File.WriteAllTextAsync(path, kind == "file" && board.BadLines > 0 ? "41.2\n" : "bad\n41.2\n", TestContext.Current.CancellationToken);
            if (kind == "mqtt")
            {
                foreach (var text in new[] { "bad"u8.ToArray(), "41.2"u8.ToArray() })
                {
                    await client.PublishAsync(new MqttMessage { Topic = "box/dust", Payload = text, QualityOfService = QualityOfService.AtLeastOnce }, TestContext.Current.CancellationToken);
                }
            }

            return Values(board) is [{ Name: "pm10_ug_m3", Value: 41.2 }] && board.BadLines > 0;
        });
        await stop.CancelAsync();
        await running;
        listener.Stop();
        await answering;
    }

    [Theory]
    [InlineData("http")]
    [InlineData("mqtt")]
    public async Task Login_in_the_address_opens_a_source_that_asks_for_one(string kind)
    {
        // Mosquitto's own form of a password: $7$ iterations $ salt $ PBKDF2 with SHA-512.
        byte[] salt = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]; // It knows salts of this length only.
        var hash = Rfc2898DeriveBytes.Pbkdf2("p@ss:word", salt, 101, HashAlgorithmName.SHA512, 64);
        await File.WriteAllTextAsync(_folder.Combine("passwords"), $"box:$7$101${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}\n", TestContext.Current.CancellationToken);
        await using var broker = await MosquittoServer.StartAsync("allow_anonymous false", $"password_file {_folder.Combine("passwords")}");
        var port = FreePort.Next();
        using var listener = new HttpListener();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        var answering = AnswerLoggedInAsync(listener);
        var source = kind == "http" ? $"http://box:p%40ss%3Aword@127.0.0.1:{port}/" : $"mqtt://box:p%40ss%3Aword@127.0.0.1:{broker.Port}/box/dust";
        var board = new SensorBoard(TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var running = SensorRunner.RunAsync(Options(kind, source) with { EverySeconds = 0.1 }, board, TimeProvider.System, NullLoggerFactory.Instance, stop.Token);
        await using var client = new MqttClient(
            new MqttClientOptions { Port = broker.Port, ClientId = "sensor", UserName = "box", Password = "p@ss:word" }, TimeProvider.System, NullLogger<MqttClient>.Instance);
        await client.StartAsync(TestContext.Current.CancellationToken);
        await client.WaitConnectedAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync("the sensor was heard", async () =>
        {
            await client.PublishAsync(new MqttMessage { Topic = "box/dust", Payload = "41.2"u8.ToArray(), QualityOfService = QualityOfService.AtLeastOnce }, TestContext.Current.CancellationToken);
            return Values(board) is [{ Value: 41.2 }];
        });
        await stop.CancelAsync();
        await running;
        listener.Stop();
        await answering;
    }

    private static async Task AnswerLoggedInAsync(HttpListener listener)
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                var isKnown = context.Request.Headers["Authorization"] == "Basic " + Convert.ToBase64String("box:p@ss:word"u8);
                context.Response.StatusCode = isKnown ? 200 : 401;
                context.Response.AddHeader("WWW-Authenticate", "Basic realm=\"box\"");
                await using var text = new StreamWriter(context.Response.OutputStream);
                await text.WriteAsync(isKnown ? "41.2" : "who are you?");
            }
        }
        catch (Exception ex) when (ex is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private static async Task AnswerAsync(HttpListener listener)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                var context = await listener.GetContextAsync();
                context.Response.StatusCode = i == 0 ? 500 : 200;
                await using var text = new StreamWriter(context.Response.OutputStream);
                await text.WriteAsync(i < 2 ? "bad" : """{"pm10_ug_m3":41.2}""");
            }
        }
        catch (Exception ex) when (ex is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // Stopped.
        }
    }

    private string Heard(string line)
    {
        var board = new SensorBoard(_clock);
        board.Take(line, Options("file", "x"));
        board.BadLines.ShouldBe(0);
        return string.Join(',', Values(board).Select(value => FormattableString.Invariant($"{value.Name}={value.Value}")));
    }

    private static List<SensorValue> Values(SensorBoard board)
    {
        var values = new List<SensorValue>();
        board.Fill(values);
        return values;
    }

    private static SensorOptions Options(string kind, string source) =>
        new() { Kind = kind, Source = source, Name = "pm10_ug_m3", Names = new() { ["PM25"] = "pm25_ug_m3" } };
}
