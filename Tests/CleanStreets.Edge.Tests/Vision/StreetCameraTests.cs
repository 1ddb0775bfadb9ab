using System.Buffers;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Evidence;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Service;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Edge.Vision;
using CleanStreets.Edge.Vision.Ground;
using CleanStreets.Edge.Vision.Model;
using CleanStreets.Edge.Vision.Privacy;
using CleanStreets.Edge.Vision.Settings;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Vision;

/// <summary>The whole road on the truck: real ffmpeg, real model, real spool; and looking through everything that was written.</summary>
public sealed class StreetCameraTests
{
    private static readonly VisionSettings Settings = VisionSettingsFile.Read(null);

    // As the photos were taken: by hand, a little downwards.
    private static readonly CameraMounting ByHand = new()
    {
        CalibrationId = "c-1",
        HeightMetres = 1.6,
        PitchDegrees = 12,
        HorizontalFieldOfViewDegrees = 65,
        Region = new RegionOfInterest { MaxDistanceMetres = 15 },
    };

    [Fact]
    public async Task Photos_driven_past_become_readings_on_the_spool_and_nobody_is_in_what_was_written()
    {
        using var folder = new TemporaryFolder();
        using var model = SharedVision.Open();
        var keeper = new EvidenceKeeper(
            model, new PictureMasker(model, Settings.Mask), new EvidenceOptions { WithoutShelterLabels = true }, TimeProvider.System, NullLogger.Instance);
        var view = new StreetView(ByHand, model, Settings, new StreetViewOptions(), new CameraWatch("c-1", null, _ => { }), keeper, NullLogger.Instance);
        var options = new CameraOptions { CameraId = "kerb", Source = SharedVision.Photos, FramesASecond = 1, AsFastAsUsed = true };

        List<Reading> readings;
        List<Detection> detections;
        var pictures = new List<byte[]>();
        await using (var spool = FleetSpool.Open(new SpoolOptions { Folder = folder.Combine("spool") }, TimeProvider.System, NullLogger.Instance))
        {
            var session = spool.Begin(TruckId.Parse("truck-1"), SessionId.Parse("s-1"));
            await DriveAsync(options, view, spool, session, new VehicleState { Latitude = 52.37, Longitude = 4.9, SpeedMetresPerSecond = 5, HeadingDegrees = 90 });
            await Eventually.TrueAsync("seven readings are on the disk", () => session.CommittedThrough == 7);
            await spool.RestsAsync(); // Their pictures come behind them.
            (readings, detections) = ReadBack(session);
            foreach (var id in spool.Evidence.Waiting)
            {
                EvidenceMessage.Read(spool.Evidence.Read(id).ShouldNotBeNull(), out var header, out var jpeg).ShouldBe(EvidenceFault.None);
                (header!.EvidenceId, header.TruckId.Value, header.SessionId.Value).ShouldBe((id, "truck-1", "s-1"));
                header.Sequence.ShouldBeInRange(1, 7);
                pictures.Add(jpeg.ToArray());
            }
        }

        readings.ShouldAllBe(reading => reading.Fault == QuarantineReason.None && reading.LatitudeE7 == 523_700_000);
        readings.ShouldAllBe(reading => reading.Coverage >= 0 && reading.Coverage <= 1);
        readings.Count(reading => reading.Coverage < 0.97f).ShouldBeGreaterThanOrEqualTo(1, "parked cars and people hide street");
        readings.ShouldAllBe(reading => reading.VisibleLeftSquareMetres > 0 && reading.VisibleRightSquareMetres > 0);
        detections.ShouldNotBeEmpty();
        detections.ShouldAllBe(detection => Kinds.All.Contains(detection.Kind) && detection.Side != Side.Unknown && detection.TrackId > 0);
        detections.ShouldContain(detection => detection.Kind == Kinds.BulkyItem && detection.Confidence > 0.5f && detection.Side == Side.Right && detection.OffsetMetres > 3 && detection.OffsetMetres < 7, "the chairs at the corner");

        detections.Where(detection => detection.EvidenceId is not null).Select(detection => detection.EvidenceId).Distinct().Count().ShouldBe(pictures.Count);

        // What was kept shows nobody, and nothing that was written is a picture to anybody without the key.
        foreach (var picture in pictures)
        {
            await File.WriteAllBytesAsync(folder.Combine("opened.jpg"), picture, TestContext.Current.CancellationToken);
            var found = new List<Finding>();
            model.Find(await PictureFile.ReadAsync(folder.Combine("opened.jpg"), TestContext.Current.CancellationToken), found);
            found.Where(finding => MaskPolicy.IsProtected(finding) && finding.Confidence > 0.5f).ShouldBeEmpty();
        }

        File.Delete(folder.Combine("opened.jpg"));
        Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).ShouldAllBe(file => !HoldsPicture(File.ReadAllBytes(file)));
    }

    [Fact]
    public async Task A_thing_beside_a_standing_truck_is_one_thing_and_a_car_hides_its_street()
    {
        using var folder = new TemporaryFolder();
        using var model = Tiny(folder, (0, 24, 50, 8, 8, 2), (1, 50, 44, 24, 40, 0)); // A chair left, a car right.
        var view = View(model);
        var looks = new List<StreetLook>();
        for (var frame = 0; frame < 5; frame++)
        {
            looks.Add(await view.LookAsync(Frame(frame, Noise(frame)), new VehicleState { SpeedMetresPerSecond = 0 }, TestContext.Current.CancellationToken));
        }

        looks.ShouldAllBe(look => look.Faults == CameraFaults.None && look.Detections.Count == 1);
        looks.Select(look => look.Detections[0]).ShouldAllBe(chair => chair.Kind == Kinds.BulkyItem && chair.Side == Side.Left && chair.TrackId == 1);
        looks[0].Coverage.ShouldBeInRange(0.3, 0.9);
        looks[0].RightSquareMetres.ShouldBeLessThan(looks[0].LeftSquareMetres * 0.8);
    }

    [Fact]
    public async Task A_dark_camera_covers_nothing_and_says_nothing()
    {
        using var folder = new TemporaryFolder();
        using var model = Tiny(folder, (0, 24, 50, 8, 8, 2));
        var look = await View(model).LookAsync(Frame(0, new Picture(64, 64)), new VehicleState(), TestContext.Current.CancellationToken);
        (look.Coverage, look.LeftSquareMetres, look.Detections.Count, look.Faults).ShouldBe((0, 0, 0, CameraFaults.Dark));
        look.ToReading(DateTimeOffset.UnixEpoch, new VehicleState { Latitude = 1, Longitude = 2 }).Coverage.ShouldBe(0);
    }

    [Fact]
    public async Task Things_beside_a_tent_are_not_told()
    {
        using var folder = new TemporaryFolder();
        using var model = Tiny(folder, (0, 24, 50, 8, 8, 2), (3, 32, 50, 10, 8, 3));
        (await View(model).LookAsync(Frame(0, Noise(0)), new VehicleState(), TestContext.Current.CancellationToken)).Detections.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_camera_that_gives_no_frames_makes_readings_that_saw_nothing()
    {
        using var folder = new TemporaryFolder();
        using var model = Tiny(folder, (0, 24, 50, 8, 8, 2));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var options = new CameraOptions { CameraId = "kerb", Source = "tcp://127.0.0.1:9", Patience = TimeSpan.FromMilliseconds(200) };
        var camera = new Camera(options, TimeProvider.System, NullLogger.Instance);
        var told = new List<Reading>();
        var street = new StreetCamera(
            camera, options, View(model), _ => new VehicleState { Latitude = 52, Longitude = 4 },
            (reading, _) =>
            {
                told.Add(reading);
                if (told.Count == 3)
                {
                    stop.Cancel();
                }

                return ValueTask.CompletedTask;
            },
            TimeProvider.System, NullLogger.Instance);
        await Task.WhenAll(camera.RunAsync(stop.Token), street.RunAsync(stop.Token)).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        told.ShouldAllBe(reading => reading.Coverage == 0 && reading.VisibleLeftSquareMetres == 0);
        street.Last!.Faults.ShouldBe(CameraFaults.Unplugged);
    }

    [Fact]
    public async Task Loop_that_hangs_in_a_frame_is_noticed_and_one_that_waits_for_a_frame_rests()
    {
        using var folder = new TemporaryFolder();
        using var model = Tiny(folder, (0, 24, 50, 8, 8, 2));
        var stop = TestContext.Current.CancellationToken;
        var options = new CameraOptions { CameraId = "kerb", Source = SharedVision.Photos, FramesASecond = 1, AsFastAsUsed = true };
        var camera = new Camera(options, TimeProvider.System, NullLogger.Instance);
        var clock = new ManualClock();
        var (taking, free) = (new TaskCompletionSource(), new TaskCompletionSource());
        var street = new StreetCamera(
            camera, options, View(model), _ => new VehicleState { Latitude = 52, Longitude = 4 },
            (_, _) =>
            {
                taking.TrySetResult();
                return new ValueTask(free.Task);
            },
            clock, NullLogger.Instance);
        street.Progress.ShouldBe(new Progress(0, IsResting: true));
        var running = Task.WhenAll(camera.RunAsync(stop), street.RunAsync(stop));
        await taking.Task.WaitAsync(TimeSpan.FromMinutes(5), stop);
        street.Progress.ShouldBe(new Progress(1, IsResting: false));
        street.IsStuck.ShouldBeFalse();
        clock.Advance(StreetCamera.StuckAfter + TimeSpan.FromSeconds(1));
        street.IsStuck.ShouldBeTrue();
        street.Progress.ShouldBe(new Progress(1, IsResting: false), "the watchdog sees it stand");

        free.SetResult();
        await running.WaitAsync(TimeSpan.FromMinutes(5), stop);
        street.IsStuck.ShouldBeFalse();
        street.Progress.ShouldBe(new Progress(14, IsResting: true), "seven frames were begun and ended");
    }

    private static async Task DriveAsync(CameraOptions options, StreetView view, FleetSpool spool, SpoolSession session, VehicleState vehicle)
    {
        var stop = TestContext.Current.CancellationToken;
        var camera = new Camera(options, TimeProvider.System, NullLogger.Instance);
        var street = new StreetCamera(
            camera, options, view, _ => vehicle,
            (reading, look) =>
            {
                var encoded = new ArrayBufferWriter<byte>();
                ReadingEncoder.WriteReading(encoded, ReadingFormat.Protobuf, in reading, [.. look.Detections], default);
                return spool.AppendAsync(session, ReadingFormat.Protobuf, reading.CapturedAtMs, encoded.WrittenMemory, look.Evidence);
            },
            TimeProvider.System, NullLogger.Instance);
        await Task.WhenAll(camera.RunAsync(stop), street.RunAsync(stop)).WaitAsync(TimeSpan.FromMinutes(5), stop);
    }

    private static (List<Reading> Readings, List<Detection> Detections) ReadBack(SpoolSession session)
    {
        var encoded = new List<ReadOnlyMemory<byte>>();
        while (session.Recent.TryRead(out var spooled))
        {
            encoded.Add(spooled.Encoded);
        }

        var batch = new ArrayBufferWriter<byte>();
        var envelope = new BatchEnvelope { TruckId = session.TruckId, SessionId = session.SessionId, FirstSequence = 1 };
        ReadingEncoder.WriteBatch(batch, ReadingFormat.Protobuf, in envelope, [.. encoded]);
        var buffer = new ReadingBuffer();
        new ReadingDecoder().Decode(batch.WrittenSpan, default, buffer, out _).ShouldBe(QuarantineReason.None);
        var detections = new List<Detection>();
        foreach (ref readonly var reading in buffer.Readings)
        {
            detections.AddRange(buffer.DetectionsOf(in reading));
        }

        return ([.. buffer.Readings], detections);
    }

    // The beginning of a JPEG, a PNG or a PPM, long enough that none stands in a sealed file by chance.
    private static bool HoldsPicture(byte[] bytes) =>
        JpegTrace.IsIn(bytes)
        || bytes.AsSpan().IndexOf("PNG\r\n\u001A"u8) >= 0 || bytes.AsSpan().IndexOf("\n255\n"u8) >= 0;

    private static StreetView View(DetectionModel model) =>
        new(ByHand with { PitchDegrees = 20 }, model, Settings, new StreetViewOptions(), new CameraWatch("c-1", null, _ => { }), null, NullLogger.Instance);

    private static CameraFrame Frame(int second, Picture picture) => new(picture, DateTimeOffset.UnixEpoch.AddSeconds(second), second + 1);

    private static Picture Noise(int seed)
    {
        var picture = new Picture(64, 64);
        new Random(seed).NextBytes(picture.Rgb);
        return picture;
    }

    /// <summary>A model that always says the same: (cell, x, y, width, height, label), labels car 0, person 1, chair 2, tent 3.</summary>
    private static DetectionModel Tiny(TemporaryFolder folder, params (int Cell, float X, float Y, float Width, float Height, int Label)[] said)
    {
        const int cells = 84;
        var numbers = new float[8 * cells];
        foreach (var (cell, x, y, width, height, label) in said)
        {
            (numbers[cell], numbers[cells + cell], numbers[(2 * cells) + cell], numbers[(3 * cells) + cell]) = (x, y, width, height);
            numbers[((4 + label) * cells) + cell] = 0.9f;
        }

        File.WriteAllBytes(folder.Combine("tiny.onnx"), TinyOnnx.Constant(64, 64, numbers, [1, 8, cells]));
        return DetectionModel.Open(folder.Combine("tiny.onnx"), ["car", "person", "chair", "tent"], Settings, threads: 1);
    }
}
