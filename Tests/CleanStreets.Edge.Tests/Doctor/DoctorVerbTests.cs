using System.Text.RegularExpressions;
using CleanStreets.Edge.Doctor;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Tests.Position;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Doctor;

public sealed class DoctorVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Healthy_box_ends_with_0_and_a_line_for_each_part()
    {
        await using var broker = await TestBroker.StartAsync();
        await File.WriteAllLinesAsync(_folder.Combine("drive.nmea"), Nmea.Drive(new DateTimeOffset(2026, 11, 1, 5, 0, 0, TimeSpan.Zero), 5), Token);
        var (code, output) = await ExamineAsync(
            $$"""
            {
              "truckId": "truck-1", "data": "{{_folder.Combine("data")}}", "mqtt": { "host": "127.0.0.1", "port": {{broker.Port}} },
              "position": { "source": "replay", "path": "{{_folder.Combine("drive.nmea")}}" }, "spool": { "capBytes": 5000000 }
            }
            """);
        code.ShouldBe(0, output);
        Parts(output).ShouldBe(["ok clock", "unused dns", "unused tls", "ok broker", "ok position", "unused camera", "unused model", "ok disk"]);
        output.ShouldContain("37.80000, -122.27000");
    }

    [Fact]
    public async Task Sick_box_ends_with_1_and_each_failing_part_says_its_fix()
    {
        await File.WriteAllTextAsync(
            _folder.Combine("camera.json"),
            """
            {
              "cameraId": "kerb", "source": "none", "model": "none.onnx", "labels": "none.txt",
              "mounting": { "calibrationId": "c-1", "heightMetres": 2, "pitchDegrees": 20, "horizontalFieldOfViewDegrees": 70 }
            }
            """,
            Token);
        var (code, output) = await ExamineAsync(
            $$"""
            {
              "truckId": "truck-1", "data": "/proc/none", "mqtt": { "host": "no-such-host.invalid", "tls": {} },
              "position": { "source": "gpsd", "port": {{FreePort.Next()}} },
              "camera": "{{_folder.Combine("camera.json")}}"
            }
            """);
        code.ShouldBe(1, output);
        Parts(output).ShouldBe(["ok clock", "fail dns", "fail tls", "fail broker", "fail position", "fail camera", "fail model", "fail disk"]);
        output.Split('\n').Count(line => line.StartsWith("fail", StringComparison.Ordinal) && line.Contains(" Fix: ", StringComparison.Ordinal)).ShouldBe(7);
    }

    [Theory]
    [InlineData("candidate.onnx", "ok trial", "candidate-")]
    [InlineData("own.onnx", "fail trial", "which is in use: there is nothing to compare")]
    [InlineData("missing.onnx", "fail trial", "missing.onnx is not there")]
    [InlineData(null, null, "")]
    public void Model_on_trial_is_looked_at_like_the_cameras_own(string? model, string? part, string says)
    {
        File.Copy(SharedVision.Model, _folder.Combine("own.onnx"));
        File.Copy(SharedVision.Model, _folder.Combine("candidate.onnx")); // Another name is another version.
        var trial = model is null ? string.Empty : $", \"trial\": {{ \"model\": \"{model}\" }}";
        File.WriteAllText(
            _folder.Combine("camera.json"),
            $$"""
            {
              "cameraId": "kerb", "source": "none", "model": "own.onnx", "labels": "{{SharedVision.Labels}}",
              "mounting": { "calibrationId": "c-1", "heightMetres": 2, "pitchDegrees": 20, "horizontalFieldOfViewDegrees": 70 }{{trial}}
            }
            """);

        var line = BoxChecks.Trial(_folder.Combine("camera.json"));

        BoxChecks.Model(_folder.Combine("camera.json")).Verdict.ShouldBe(Verdict.Ok);
        (line is null).ShouldBe(part is null);
        if (line is not null)
        {
            Parts(line.Line).ShouldHaveSingleItem().ShouldBe(part);
            line.Line.ShouldContain(says);
        }
    }

    [Fact]
    public async Task Beside_an_agent_that_runs_its_camera_and_its_certificates_link_are_left_to_it()
    {
        await File.WriteAllTextAsync(
            _folder.Combine("camera.json"),
            """
            {
              "cameraId": "kerb", "source": "/dev/video-none", "model": "none.onnx", "labels": "none.txt",
              "mounting": { "calibrationId": "c-1", "heightMetres": 2, "pitchDegrees": 20, "horizontalFieldOfViewDegrees": 70 }
            }
            """,
            Token);
        await File.WriteAllTextAsync(_folder.Combine("box.pem"), "no certificate", Token);
        var settings = $$"""
            {
              "truckId": "truck-1", "data": "{{_folder.Combine("data")}}", "camera": "{{_folder.Combine("camera.json")}}",
              "mqtt": { "host": "127.0.0.1", "port": {{FreePort.Next()}}, "tls": { "certificateFile": "{{_folder.Combine("box.pem")}}" } },
              "position": { "source": "gpsd", "port": {{FreePort.Next()}} }
            }
            """;
        await using (FleetSpool.Open(new SpoolOptions { Folder = _folder.Combine("data/spool") }, TimeProvider.System, NullLogger.Instance)) // What an agent holds.
        {
            var (_, beside) = await ExamineAsync(settings);
            Parts(beside).ShouldBe(["ok clock", "unused dns", "fail tls", "unused broker", "fail position", "unused camera", "fail model", "ok disk"], beside);
            beside.ShouldContain("the agent runs");
        }

        var (_, alone) = await ExamineAsync(settings);
        Parts(alone).ShouldBe(["ok clock", "unused dns", "fail tls", "fail broker", "fail position", "fail camera", "fail model", "ok disk"], alone);
    }

    private async Task<(int Code, string Output)> ExamineAsync(string json)
    {
        await File.WriteAllTextAsync(_folder.Combine("edge.json"), json, Token);
        await using var doctor = ProductProgram.Start("Edge/CleanStreets.Edge", "doctor", "--settings", _folder.Combine("edge.json"));
        var code = await doctor.ExitAsync(Eventually.Patience);
        return (code, doctor.Output);
    }

    private static List<string> Parts(string output) =>
        [.. Regex.Matches(output, @"^(?<verdict>ok|fail|unused) +(?<part>\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromMinutes(1)).Select(match => $"{match.Groups["verdict"].Value} {match.Groups["part"].Value}")];
}
