using System.Buffers;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Edge.Vision;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Vision;

public sealed class CameraLaneTests
{
    [Fact]
    public async Task One_file_is_enough_for_a_camera_to_make_readings()
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, SharedVision.Photos, SharedVision.Model, SharedVision.Labels);
        await using var spool = FleetSpool.Open(new SpoolOptions { Folder = folder.Combine("spool") }, TimeProvider.System, NullLogger.Instance);
        SpoolSession? session = null;
        using var lane = CameraLane.Open(
            CameraFile.Read(path), folder.Combine("camera"), _ => new VehicleState { Latitude = 52.37, Longitude = 4.9, SpeedMetresPerSecond = 5 },
            (reading, look) =>
            {
                var encoded = new ArrayBufferWriter<byte>();
                ReadingEncoder.WriteReading(encoded, ReadingFormat.Protobuf, in reading, [.. look.Detections], default);
                return spool.AppendAsync(session!, ReadingFormat.Protobuf, reading.CapturedAtMs, encoded.WrittenMemory);
            },
            TimeProvider.System, NullLoggerFactory.Instance);
        session = spool.Begin(TruckId.Parse("truck-1"), SessionId.Parse("s-1"), lane.About);
        await lane.RunAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
        await Eventually.TrueAsync("a reading a photo is on the disk", () => session.CommittedThrough == 7);
        (lane.About.CameraId, lane.About.CalibrationId, lane.About.ModelVersion).ShouldBe(("kerb", "c-7", lane.Model.Version));
        lane.Status.CameraId.ShouldBe("kerb");
        lane.Status.Faults.ShouldBeEmpty();
        lane.Status.Coverage.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_model_on_trial_looks_at_the_same_frames_and_its_readings_stand_apart()
    {
        using var folder = new TemporaryFolder();
        File.Copy(SharedVision.Model, folder.Combine("candidate.onnx")); // Another name is another version: that is all a card would say, too.
        var path = Write(folder, SharedVision.Photos, SharedVision.Model, SharedVision.Labels);
        await File.WriteAllTextAsync(
            path, File.ReadAllText(path).Replace("\"evidence\":true", "\"trial\":{\"model\":\"candidate.onnx\"}", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var (own, tried) = (new List<string>(), new List<string>());
        using var lane = CameraLane.Open(
            CameraFile.Read(path), folder.Combine("camera"), _ => new VehicleState { Latitude = 52.37, Longitude = 4.9, SpeedMetresPerSecond = 5 },
            Into(own), TimeProvider.System, NullLoggerFactory.Instance, Into(tried));
        await lane.RunAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);

        own.Count.ShouldBe(7);
        tried.ShouldBe(own, "the same model by another name sees the same");
        var about = lane.TrialAbout.ShouldNotBeNull();
        about.ShouldBe(lane.About with { ModelVersion = about.ModelVersion, Trial = true });
        about.ModelVersion.ShouldNotBeNull().ShouldStartWith("candidate-");
        lane.About.Trial.ShouldBeNull();

        static Func<Reading, StreetLook, ValueTask> Into(List<string> readings) => (reading, look) =>
        {
            readings.Add($"{reading.CapturedAtMs} {reading.Coverage} {string.Join(';', look.Detections)}");
            return ValueTask.CompletedTask;
        };
    }

    [Fact]
    public async Task Faults_are_told_without_a_position_too()
    {
        using var folder = new TemporaryFolder();
        var file = CameraFile.Read(Write(folder, $"tcp://127.0.0.1:{FreePort.Next()}", SharedVision.Model, SharedVision.Labels));
        var readings = 0;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var lane = CameraLane.Open(
            file, folder.Combine("camera"), _ => new VehicleState(),
            (_, _) =>
            {
                readings++;
                return ValueTask.CompletedTask;
            },
            TimeProvider.System, NullLoggerFactory.Instance);
        lane.Status.Faults.ShouldBeEmpty();
        var running = lane.RunAsync(stop.Token);
        await Eventually.TrueAsync("the status says that it is unplugged", () => lane.Status is { Faults: ["unplugged"], FramesPerSecond: 0, Coverage: 0 });
        readings.ShouldBe(0, "there is no place to make one of");
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("missing.onnx")]
    [InlineData("same.onnx")]
    public void A_trial_that_cannot_be_used_leaves_the_camera_to_itself(string model)
    {
        using var folder = new TemporaryFolder();
        var own = folder.Combine("same.onnx");
        File.Copy(SharedVision.Model, own);
        var path = Write(folder, SharedVision.Photos, own, SharedVision.Labels);
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"evidence\":true", $"\"trial\":{{\"model\":\"{model}\"}}", StringComparison.Ordinal));
        using var lane = CameraLane.Open(
            CameraFile.Read(path), folder.Combine("camera"), _ => default, (_, _) => ValueTask.CompletedTask, TimeProvider.System, NullLoggerFactory.Instance, (_, _) => ValueTask.CompletedTask);
        lane.TrialAbout.ShouldBeNull();
    }

    [Fact]
    public void Without_a_model_the_lane_says_so_and_nothing_else_happens()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Combine("l.txt"), "person\n");
        var file = CameraFile.Read(Write(folder, "/dev/video0", "missing.onnx", "l.txt"));
        Should.Throw<VisionException>(() => CameraLane.Open(
            file, folder.Combine("camera"), _ => default, (_, _) => ValueTask.CompletedTask, TimeProvider.System, NullLoggerFactory.Instance))
            .Message.ShouldContain(folder.Combine("missing.onnx"));
    }

    [Theory]
    [InlineData("\"heightMetres\":1.6", "\"heightMetres\":0", "heightMetres is 0.3 to 6")]
    [InlineData("\"framesASecond\":1", "\"framesASecond\":0", "framesASecond")]
    [InlineData("\"cameraId\"", "\"cameraid2\"", "line 1")]
    public void A_wrong_file_is_refused_in_a_sentence(string right, string wrong, string reason)
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, "/dev/video0", "m.onnx", "l.txt");
        File.WriteAllText(path, File.ReadAllText(path).Replace(right, wrong, StringComparison.Ordinal));
        Should.Throw<VisionException>(() => CameraFile.Read(path)).Message.ShouldContain(reason);
    }

    private static string Write(TemporaryFolder folder, string source, string model, string labels)
    {
        var path = folder.Combine("camera.json");
        File.WriteAllText(path, $$"""
            {"cameraId":"kerb","source":{{Text(source)}},"framesASecond":1,"asFastAsUsed":true,"model":{{Text(model)}},"labels":{{Text(labels)}},"evidence":true,"evidenceWithoutShelterLabels":true,
             "mounting":{"calibrationId":"c-7","heightMetres":1.6,"pitchDegrees":12,"horizontalFieldOfViewDegrees":65} }
            """);
        return path;
    }

    private static string Text(string value) => $"\"{JsonEncodedText.Encode(value)}\"";
}
