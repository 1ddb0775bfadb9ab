using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Evidence;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Detect;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Edge.Vision;
using CleanStreets.Edge.Vision.Boxes;
using CleanStreets.Edge.Vision.Model;
using CleanStreets.Edge.Vision.Privacy;
using CleanStreets.Edge.Vision.Settings;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Vision;

/// <summary>The whole road of a picture: real photos, the real model, masks, the sealed spool, MQTT, ingest's listener, the dashboard's disk and its answer to a dispatcher.</summary>
public sealed class EvidenceRoadTests : IDisposable
{
    private static readonly TruckId Truck = TruckId.Parse("truck-1");
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<MqttMessage> _heard = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Real_photos_reach_the_people_who_judge_and_nobody_is_in_anything_that_was_written_or_sent()
    {
        await using var ingest = await RunningIngest.StartAsync(_folder.Combine("ingest"));
        await using var dashboard = ProductProgram.Start(
            "Dashboard/CleanStreets.Dashboard", "run", "--data", _folder.Combine("dashboard"), "--http", "127.0.0.1:0", "--mqtt", ingest.Mqtt, "--read-api", $"http://{ingest.ReadApi.Replace("http://", "", StringComparison.Ordinal)}", "--demo-users");
        var address = ProductProgram.ValueOf(await dashboard.ReadyAsync(TimeSpan.FromMinutes(2)), "http");
        await using var ear = await ListenAsync(ingest.Port);

        using var model = SharedVision.Open();
        var keeper = new EvidenceKeeper(
            model, new PictureMasker(model, VisionSettingsFile.Read(null).Mask), new EvidenceOptions { WithoutShelterLabels = true, EncodePatience = TimeSpan.FromMinutes(2) }, TimeProvider.System, NullLogger.Instance);
        var around = new Dictionary<string, (string Photo, Box Around)>();
        await using (var spool = FleetSpool.Open(new SpoolOptions { Folder = _folder.Combine("truck", "spool") }, TimeProvider.System, NullLogger.Instance))
        {
            var lane = new LiveLane(spool, Truck, () => SessionId.Parse("s-1"), new SessionAbout("box-1", "kerb", model.Version));
            await DriveAsync(model, keeper, lane, around);
            await Eventually.TrueAsync("the pictures are on the spool", () => spool.Evidence.Waiting.Count == around.Count);
            await spool.RestsAsync();
            Files("truck").ShouldAllBe(file => !JpegTrace.IsIn(ReadShared(file)), "nothing on the truck's disk is a picture to anybody without its key");
            await SendAsync(spool, lane, ingest.Port);
        }

        Files("truck").ShouldAllBe(file => !file.EndsWith(".evidence", StringComparison.Ordinal), "the truck's copies are gone");
        var sent = Pictures();
        sent.Select(picture => picture.Header.EvidenceId).Distinct().Order().ShouldBe(around.Keys.Order());
        sent.ShouldAllBe(picture => JpegTrace.IsIn(picture.Message), "what is looked for is what pictures are");
        sent.ShouldAllBe(picture => picture.Header.SessionId.Value == "s-1" && picture.Header.ModelVersion == model.Version && picture.Header.CameraId == "kerb" && picture.Header.Kind.Length > 0);
        _heard.Where(message => !message.Topic.Contains("/evidence/", StringComparison.Ordinal)).ShouldAllBe(message => !JpegTrace.IsIn(message.Payload.ToArray()), "no other message holds a picture");

        // What the city wrote is what was sent, and nothing else of what it wrote is a picture.
        var messages = sent.Select(picture => Convert.ToHexString(picture.Message)).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Files("dashboard").Concat(Files("ingest")).Where(file => JpegTrace.IsIn(ReadShared(file))))
        {
            messages.ShouldContain(Convert.ToHexString(ReadShared(file)), file);
        }

        using var dispatcher = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(2) };
        using var stranger = await dispatcher.GetAsync($"/api/evidence/truck-1/{around.Keys.First()}", Token);
        stranger.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var loggedIn = await dispatcher.PostAsJsonAsync("/api/session", new { user = "dispatcher", password = "dispatcher" }, Token);
        loggedIn.StatusCode.ShouldBe(HttpStatusCode.OK);
        var truth = LabelledPictures.Read(SharedVision.PeopleAndVehicles);
        foreach (var (id, (photo, box)) in around)
        {
            var jpeg = await dispatcher.GetByteArrayAsync($"/api/evidence/truck-1/{id}", Token);
            jpeg.ShouldBe(sent.First(picture => picture.Header.EvidenceId == id).Jpeg);
            await NobodyIsInAsync(jpeg, model, truth.Of(photo)!.Select(person => person.Box), photo, box);
        }
    }

    private static async Task DriveAsync(DetectionModel model, EvidenceKeeper keeper, LiveLane lane, Dictionary<string, (string Photo, Box Around)> around)
    {
        var at = DateTimeOffset.UtcNow.AddMinutes(-1);
        foreach (var photo in Directory.EnumerateFiles(SharedVision.Photos, "*.jpg").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal))
        {
            at = at.AddSeconds(1);
            var frame = await SharedVision.PhotoAsync(photo);
            var found = new List<Finding>();
            model.Find(frame, found);
            keeper.Note(metres: 10, found);
            var (pictures, detections) = (new List<EvidencePicture>(), new List<Detection>());

            // What the model sees, people included, and two things that it does not see.
            foreach (var finding in found.Concat([Item(new(403, 170, 681, 330)), Item(new(183, 107, 573, 548)), Item(new(334, 217, 523, 393))]))
            {
                if ((await keeper.TakeAsync(frame, at, finding, Token)).Picture is { } picture)
                {
                    pictures.Add(picture);
                    detections.Add(new Detection(picture.Kind, 1, 0.9f, Side.Right, EvidenceId: picture.Id));
                    around.Add(picture.Id, (photo, finding.Box.Widen(0.25f, 16).Within(frame.Width, frame.Height)));
                }
            }

            var encoded = new ArrayBufferWriter<byte>();
            var reading = new Reading { CapturedAtMs = at.ToUnixTimeMilliseconds(), LatitudeE7 = 378_000_000, LongitudeE7 = -1_223_000_000 };
            ReadingEncoder.WriteReading(encoded, ReadingFormat.Protobuf, in reading, [.. detections], default);
            await lane.AppendAsync(ReadingFormat.Protobuf, reading.CapturedAtMs, encoded.WrittenMemory, pictures);
        }

        around.Count.ShouldBeGreaterThan(2, "else the test would look at nothing");
    }

    private async Task SendAsync(FleetSpool spool, LiveLane lane, int port)
    {
        var options = new PublishOptions { Port = port, SetAsideFolder = _folder.Combine("truck", "aside"), SendsEvidence = true, EvidencePatience = TimeSpan.FromSeconds(2) };
        var links = new FleetLinks("the city", TimeProvider.System, NullLogger.Instance);
        await using var link = new TruckLink(
            Truck, lane.Current, [], spool, () => null, options, new PublishCounters(), links, TimeProvider.System, NullLoggerFactory.Instance, lane: lane);
        using var stop = new CancellationTokenSource();
        var sending = Task.Run(() => link.RunAsync(stop.Token), CancellationToken.None);
        await Eventually.TrueAsync("readings and pictures are stored", () => link.Unstored == 0 && spool.Evidence.Waiting.Count == 0, TimeSpan.FromMinutes(10));
        await stop.CancelAsync();
        await sending;
    }

    private async Task<MqttClient> ListenAsync(int port)
    {
        var ear = new MqttClient(new MqttClientOptions { Port = port, ClientId = "ear" }, TimeProvider.System, NullLogger<MqttClient>.Instance);
        await ear.SubscribeAsync(
            "cleanstreets/#",
            QualityOfService.AtLeastOnce,
            (message, _) =>
            {
                _heard.Enqueue(message with { Payload = message.Payload.ToArray() });
                return ValueTask.CompletedTask;
            },
            Token);
        await ear.StartAsync(Token);
        await ear.WaitConnectedAsync(Token);
        return ear;
    }

    private List<(EvidenceHeader Header, byte[] Message, byte[] Jpeg)> Pictures() =>
        [.. _heard.Where(message => message.Topic.Contains("/evidence/", StringComparison.Ordinal)).Select(message =>
        {
            EvidenceMessage.Read(message.Payload, out var header, out var jpeg).ShouldBe(EvidenceFault.None);
            return (header!, message.Payload.ToArray(), jpeg.ToArray());
        })];

    private async Task NobodyIsInAsync(byte[] jpeg, DetectionModel model, IEnumerable<Box> people, string photo, Box around)
    {
        var path = _folder.Combine("served.jpg");
        await File.WriteAllBytesAsync(path, jpeg, Token);
        var picture = await PictureFile.ReadAsync(path, Token);
        var (left, top, _, _) = MaskPolicy.Pixels(around);
        foreach (var person in people.Where(person => person.Intersect(around).Area > 0))
        {
            NearlyGrey(picture, person.Intersect(around).Move(-left, -top)).ShouldBeGreaterThan(0.85, photo);
        }

        var seen = new List<Finding>();
        model.Find(picture, seen);
        seen.Where(finding => MaskPolicy.IsProtected(finding) && finding.Confidence > 0.5f).ShouldBeEmpty(photo);
    }

    private static double NearlyGrey(Picture picture, Box box)
    {
        var (left, top, right, bottom) = MaskPolicy.Pixels(box.Within(picture.Width, picture.Height));
        var (grey, all) = (0, 0);
        for (var y = top; y < bottom; y++)
        {
            for (var x = left; x < right; x++, all++)
            {
                var pixel = picture.Row(y).Slice(x * 3, 3);
                grey += Math.Abs(pixel[0] - 128) < 24 && Math.Abs(pixel[1] - 128) < 24 && Math.Abs(pixel[2] - 128) < 24 ? 1 : 0;
            }
        }

        return all == 0 ? 1 : grey / (double)all;
    }

    private static Finding Item(Box box) => new(box, "chair", LabelRole.Item, "bulky_item", 0.8f);

    // A lock is empty and held for its owner alone.
    private string[] Files(string part) =>
        [.. Directory.EnumerateFiles(_folder.Combine(part), "*", SearchOption.AllDirectories).Where(path => !Path.GetFileName(path).EndsWith("lock", StringComparison.Ordinal))];

    // The programs still hold their files open.
    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return bytes.ToArray();
    }
}
