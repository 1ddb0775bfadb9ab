using System.Text;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Tests.Position;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Run;

/// <summary>The agent as a process of its own, on a real broker.</summary>
public sealed class RunVerbTests : IDisposable
{
    private const string Folder = "Edge/CleanStreets.Edge";
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ours", "5.0")]
    [InlineData("mosquitto", "3.1.1")]
    public async Task Agent_makes_readings_takes_settings_of_the_city_and_drains_when_stopped(string kind, string version)
    {
        await using var broker = await TestBroker.StartAsync(kind);
        await using var city = await MarkingCity.StartAsync(broker.Port);
        await File.WriteAllTextAsync(_folder.Combine("dust"), "41.2\n", Token);
        await File.WriteAllLinesAsync(_folder.Combine("drive.nmea"), Nmea.Drive(new DateTimeOffset(2026, 11, 1, 5, 0, 0, TimeSpan.Zero), 600), Token);
        var settings = await SettingsAsync(
            $$"""
            {
              "truckId": "truck-1", "deviceId": "box-7", "data": "{{_folder.Combine("data")}}",
              "mqtt": { "host": "127.0.0.1", "port": {{broker.Port}}, "version": "{{version}}" },
              "position": { "source": "replay", "path": "{{_folder.Combine("drive.nmea")}}" },
              "sensors": [{ "kind": "file", "source": "{{_folder.Combine("dust")}}", "name": "pm10_ug_m3" }], // Dust.
            }
            """);
        await using var agent = ProductProgram.Start(Folder, "run", "--settings", settings);
        (await agent.ReadyAsync(Eventually.Patience)).ShouldBe("ready edge truck=truck-1");
        await Eventually.TrueAsync($"readings with dust arrived{Environment.NewLine}{agent.Output}", () => city.Batches.Any(b => b.Readings.Any(r => r.SensorCount == 1)));
        var readings = city.Batches.SelectMany(b => b.Readings).ToList();
        readings.ShouldAllBe(r => r.Coverage == 0 && r.DetectionCount == 0, "nothing looked, so nothing is claimed to be seen");
        readings.ShouldAllBe(r => r.Latitude > 37.79 && r.AccuracyMetres > 0 && r.SpeedMetresPerSecond > 4);
        var status = await Eventually.GetAsync("the agent says how it is", () => Task.FromResult(city.Statuses.LastOrDefault(s => s.State == TruckState.Ready)));
        status.Simulated.ShouldBeTrue("a recording is no truck on the road");
        status.Health.ShouldNotBeNull().DiskFreeBytes.ShouldNotBeNull().ShouldBeGreaterThan(0);
        status.Settings!.ReadingsASecond.ShouldBe(1);

        await using var desk = new MqttClient(new MqttClientOptions { Port = broker.Port, ClientId = "desk" }, TimeProvider.System, NullLogger<MqttClient>.Instance);
        await desk.StartAsync(Token);
        await desk.WaitConnectedAsync(Token);
        await ConfigureAsync(desk, """{"version":"v2","readingsASecond":0.5,"backlogBytesASecond":4000,"dailyBytes":5000000}""");
        await Eventually.TrueAsync("the new settings are said back", () => city.Statuses.Last().Settings is { Version: "v2", ReadingsASecond: 0.5, BacklogBytesASecond: 4000, DailyBytes: 5_000_000, Refused: null });
        await ConfigureAsync(desk, """{"version":"v3","readingsASecond":50}""");
        await Eventually.TrueAsync("wrong settings are refused, those before hold", () => city.Statuses.Last().Settings is { Version: "v2", ReadingsASecond: 0.5, Refused: "v3: readingsASecond is 0.1 to 10" });
        await ConfigureAsync(desk, "");
        await Eventually.TrueAsync("without settings of the city its own hold", () => city.Statuses.Last().Settings is { Version: null, ReadingsASecond: 1, Refused: null });

        (await agent.StopAsync(Eventually.Patience)).ShouldBe(0, agent.Output);
        await Eventually.TrueAsync("it said good-bye", () => city.Statuses.Last().State == TruckState.Disconnected);
        city.Statuses.Last().SpoolReadings.ShouldBe(0, "what was taken was sent before the end");
        (await DeadSpool.LeftoversAsync(_folder.Combine("data", "spool"))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Readings_of_a_box_in_1970_carry_the_satellites_time()
    {
        var faketime = Directory.Exists("/usr/lib") ? Directory.EnumerateFiles("/usr/lib", "libfaketime.so.1", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = 2 }).FirstOrDefault() : null;
        Assert.SkipWhen(faketime is null, "needs libfaketime (apt: faketime)");
        await using var broker = await TestBroker.StartAsync();
        await using var city = await MarkingCity.StartAsync(broker.Port);
        var pipe = _folder.Combine("receiver");
        await using (var made = ProductProgram.StartProcess("mkfifo", [pipe]))
        {
            await made.ExitAsync(Eventually.Patience);
        }

        var settings = await SettingsAsync(
            $$"""{ "truckId": "truck-1", "data": "{{_folder.Combine("data")}}", "mqtt": { "host": "127.0.0.1", "port": {{broker.Port}} }, "position": { "source": "nmea", "path": "{{pipe}}" } }""");
        await using var agent = ProductProgram.StartProcess("env", [$"LD_PRELOAD={faketime}", "FAKETIME=@1970-01-02 00:00:00", "dotnet", ProductProgram.AssemblyPath(Folder), "run", "--settings", settings]);
        await agent.ReadyAsync(Eventually.Patience);
        await using var receiver = new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        var start = new DateTimeOffset(2026, 11, 26, 5, 0, 0, TimeSpan.Zero);
        var second = 0;
        async Task DriveAsync()
        {
            foreach (var line in Nmea.Drive(start.AddSeconds(second++), 1))
            {
                await receiver.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), Token);
            }

            await Task.Delay(TimeSpan.FromSeconds(1), Token); // The agent paces by its own clock.
        }

        await Eventually.TrueAsync($"readings arrived{Environment.NewLine}{agent.Output}", async () =>
        {
            await DriveAsync();
            return city.Batches.Sum(batch => batch.Count) >= 3;
        });
        city.Batches.SelectMany(batch => batch.Readings).ShouldAllBe(reading => reading.CapturedAt >= start && reading.CapturedAt < start.AddHours(1) && reading.SensorCount == 0, "the satellites' time, and what has passed since");
        await agent.KillAsync();
    }

    [Theory]
    [InlineData("run", "--settings", "/none/edge.json")]
    [InlineData("run")]
    public async Task Wrong_use_ends_with_2_and_a_sentence(params string[] arguments)
    {
        await using var agent = ProductProgram.Start(Folder, arguments);
        (await agent.ExitAsync(Eventually.Patience)).ShouldBe(2);
        agent.Output.ShouldContain("edge: ");
    }

    private async Task<string> SettingsAsync(string json)
    {
        var path = _folder.Combine("edge.json");
        await File.WriteAllTextAsync(path, json, Token);
        return path;
    }

    private static Task<MqttReasonCode> ConfigureAsync(MqttClient desk, string json) => desk.PublishAsync(
        new MqttMessage
        {
            Topic = Topics.Default.Config(TruckId.Parse("truck-1")),
            Payload = Encoding.UTF8.GetBytes(json),
            QualityOfService = QualityOfService.AtLeastOnce,
            Retain = true,
        },
        Token).AsTask();
}
