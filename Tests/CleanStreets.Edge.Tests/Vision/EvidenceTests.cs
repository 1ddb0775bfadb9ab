using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Detect;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Edge.Vision;
using CleanStreets.Edge.Vision.Boxes;
using CleanStreets.Edge.Vision.Model;
using CleanStreets.Edge.Vision.Privacy;
using CleanStreets.Edge.Vision.Settings;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Vision;

public sealed class EvidenceTests
{
    private static readonly VisionSettings Settings = VisionSettingsFile.Read(null);

    [Fact]
    public async Task Real_photos_driven_through_leave_nobody_in_anything_that_was_written()
    {
        using var folder = new TemporaryFolder();
        using var model = SharedVision.Open();
        var options = new EvidenceOptions { Folder = folder.Combine("evidence"), WithoutShelterLabels = true };
        var keeper = Keeper(model, options, new ManualClock());
        var truth = LabelledPictures.Read(SharedVision.PeopleAndVehicles);
        var expected = new Dictionary<string, (string Photo, Box Around)>();
        foreach (var photo in Directory.EnumerateFiles(SharedVision.Photos, "*.jpg").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal))
        {
            var frame = await SharedVision.PhotoAsync(photo);
            var found = new List<Finding>();
            model.Find(frame, found);
            keeper.Note(metres: 10, found);

            // Whatever the model says, people and vehicles included: the keeper must know what may be kept. And two things that it does not see.
            foreach (var finding in found.Concat([Item(new(403, 170, 681, 330)), Item(new(183, 107, 573, 548)), Item(new(334, 217, 523, 393))]))
            {
                var evidence = await keeper.KeepAsync(frame, finding, TestContext.Current.CancellationToken);
                if (evidence.Id is { } id)
                {
                    finding.Role.ShouldBe(LabelRole.Item);
                    expected.Add(id, (photo, finding.Box.Widen(0.25f, 16).Within(frame.Width, frame.Height)));
                }
            }
        }

        var files = Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories);
        files.Select(file => Path.GetFileNameWithoutExtension(file)).Order().ShouldBe(expected.Keys.Order());
        files.Length.ShouldBeGreaterThan(2, "else the test would look at nothing");
        foreach (var file in files)
        {
            var (photo, around) = expected[Path.GetFileNameWithoutExtension(file)];
            var picture = await PictureFile.ReadAsync(file, TestContext.Current.CancellationToken);
            Math.Max(picture.Width, picture.Height).ShouldBeLessThanOrEqualTo(options.MaxSidePixels + 1);
            foreach (var person in truth.Of(photo)!.Where(person => person.Box.Intersect(around).Area > 0))
            {
                var (left, top, _, _) = MaskPolicy.Pixels(around);
                NearlyGrey(picture, person.Box.Intersect(around).Move(-left, -top)).ShouldBeGreaterThan(0.85, $"{person.Label} on {photo}");
            }

            var seen = new List<Finding>();
            model.Find(picture, seen);
            seen.Where(finding => MaskPolicy.IsProtected(finding) && finding.Confidence > 0.5f).ShouldBeEmpty(photo);
        }
    }

    [Fact]
    public async Task Without_labels_of_shelters_nothing_is_kept()
    {
        using var folder = new TemporaryFolder();
        using var model = Tiny(["person", "car", "chair"]);
        var evidence = await Keeper(model, new EvidenceOptions { Folder = folder.Combine("e") }, new ManualClock())
            .KeepAsync(Bright(), Item(new(40, 40, 80, 80)), TestContext.Current.CancellationToken);
        (evidence.Id, evidence.Refusal).ShouldBe((null, EvidenceRefusal.KnowsNoShelters));
    }

    [Fact]
    public async Task Near_a_tent_nothing_is_kept_until_the_truck_has_left_it_behind()
    {
        using var folder = new TemporaryFolder();
        using var model = Tiny(["person", "car", "tent"]);
        var keeper = Keeper(model, new EvidenceOptions { Folder = folder.Combine("e"), ShelterMetres = 30 }, new ManualClock());
        keeper.Note(5, [new Finding(new(0, 0, 20, 20), "tent", LabelRole.Shelter, null, 0.1f)]);
        (await KeepAsync()).Refusal.ShouldBe(EvidenceRefusal.NearShelter);
        keeper.Note(25, []);
        (await KeepAsync()).Refusal.ShouldBe(EvidenceRefusal.NearShelter);
        keeper.Note(10, []);
        (await KeepAsync()).Refusal.ShouldBe(EvidenceRefusal.None);
        Directory.GetFiles(folder.Combine("e")).Length.ShouldBe(1);

        Task<Evidence> KeepAsync() => keeper.KeepAsync(Bright(), Item(new(40, 40, 80, 80)), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Pictures_are_limited_in_number_in_size_and_in_age()
    {
        using var folder = new TemporaryFolder();
        using var model = Tiny(["person", "car", "tent"]);
        var clock = new ManualClock();
        var options = new EvidenceOptions { Folder = folder.Combine("e"), MaxPictures = 3, MaxAnHour = 2, MaxSidePixels = 120, MaxAge = TimeSpan.FromDays(2) };
        var keeper = Keeper(model, options, clock);
        (await KeepAsync(new(10, 10, 190, 190))).Refusal.ShouldBe(EvidenceRefusal.TooLarge);
        for (var hour = 0; hour < 3; hour++)
        {
            (await KeepAsync(new(40, 40, 80, 80))).Refusal.ShouldBe(EvidenceRefusal.None);
            (await KeepAsync(new(40, 40, 80, 80))).Refusal.ShouldBe(EvidenceRefusal.None);
            (await KeepAsync(new(40, 40, 80, 80))).Refusal.ShouldBe(EvidenceRefusal.EnoughThisHour);
            clock.Advance(TimeSpan.FromMinutes(61));
        }

        Directory.GetFiles(options.Folder).Length.ShouldBe(3);
        File.WriteAllText(Path.Combine(options.Folder, ".e-1.jpg"), "unfinished");
        var reopened = new EvidenceStore(options, clock, NullLogger.Instance);
        reopened.Count.ShouldBe(3);
        Directory.GetFiles(options.Folder).Length.ShouldBe(3);
        clock.Advance(TimeSpan.FromDays(3));
        reopened.Sweep();
        Directory.GetFiles(options.Folder).ShouldBeEmpty();

        Task<Evidence> KeepAsync(Box box) => keeper.KeepAsync(Bright(), Item(box), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_masks_hide_mostly_proves_nothing()
    {
        using var folder = new TemporaryFolder();
        using var model = Tiny(["person", "car", "tent"], person: 0.9f);
        var keeper = Keeper(model, new EvidenceOptions { Folder = folder.Combine("e") }, new ManualClock());
        var evidence = await keeper.KeepAsync(Bright(), Item(new(90, 90, 110, 110)), TestContext.Current.CancellationToken);
        evidence.Id.ShouldBeNull();
        Directory.GetFiles(folder.Combine("e")).ShouldBeEmpty();
    }

    private static EvidenceKeeper Keeper(DetectionModel model, EvidenceOptions options, TimeProvider time) =>
        new(model, new PictureMasker(model, Settings.Mask), options, new EvidenceStore(options, time, NullLogger.Instance));

    private static Finding Item(Box box) => new(box, "chair", LabelRole.Item, "bulky_item", 0.8f);

    private static Picture Bright()
    {
        var picture = new Picture(200, 200);
        picture.Rgb.AsSpan().Fill(200);
        return picture;
    }

    /// <summary>A model that says a person in the middle of whatever it sees, or nothing.</summary>
    private static DetectionModel Tiny(string[] labels, float person = 0)
    {
        using var folder = new TemporaryFolder();
        var numbers = new float[84 * 8];
        float[] row = [0, 0, 1, 1, person > 0 ? 1 : 0, person, 0, 0];
        row.CopyTo(numbers, ((4 * 8) + 4) * 8);
        File.WriteAllBytes(folder.Combine("t.onnx"), TinyOnnx.Constant(64, 64, numbers, [1, 84, 8]));
        return DetectionModel.Open(folder.Combine("t.onnx"), labels, Settings, threads: 1);
    }

    /// <summary>JPEG makes grey a little uneven, most at the edges.</summary>
    private static double NearlyGrey(Picture picture, Box box)
    {
        var (left, top, right, bottom) = MaskPolicy.Pixels(box.Within(picture.Width, picture.Height));
        long grey = 0, all = 0;
        for (var y = top; y < bottom; y++)
        {
            for (var x = left; x < right; x++)
            {
                var pixel = picture.Row(y).Slice(x * 3, 3);
                grey += Math.Abs(pixel[0] - 128) < 24 && Math.Abs(pixel[1] - 128) < 24 && Math.Abs(pixel[2] - 128) < 24 ? 1 : 0;
                all++;
            }
        }

        return all == 0 ? 1 : grey / (double)all;
    }
}
