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
    private static readonly DateTimeOffset At = new(2026, 5, 4, 9, 0, 0, TimeSpan.Zero);
    private static readonly VisionSettings Settings = VisionSettingsFile.Read(null);

    [Fact]
    public async Task Real_photos_driven_through_leave_nobody_in_any_picture_that_was_taken()
    {
        using var folder = new TemporaryFolder();
        using var model = SharedVision.Open();
        var options = new EvidenceOptions { WithoutShelterLabels = true };
        var keeper = Keeper(model, options, new ManualClock());
        var truth = LabelledPictures.Read(SharedVision.PeopleAndVehicles);
        var taken = 0;
        foreach (var photo in Directory.EnumerateFiles(SharedVision.Photos, "*.jpg").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal))
        {
            var frame = await SharedVision.PhotoAsync(photo);
            var found = new List<Finding>();
            model.Find(frame, found);
            keeper.Note(metres: 10, found);

            // Whatever the model says, people and vehicles included: the keeper must know what may be kept. And two things that it does not see.
            foreach (var finding in found.Concat([Item(new(403, 170, 681, 330)), Item(new(183, 107, 573, 548)), Item(new(334, 217, 523, 393))]))
            {
                var evidence = await keeper.TakeAsync(frame, At, finding, TestContext.Current.CancellationToken);
                if (evidence.Picture is not { } kept)
                {
                    continue;
                }

                taken++;
                finding.Role.ShouldBe(LabelRole.Item);
                kept.Jpeg.Bytes.Length.ShouldBeLessThanOrEqualTo(options.MaxPictureBytes);
                var file = folder.Combine(kept.Id + ".jpg");
                await File.WriteAllBytesAsync(file, kept.Jpeg.Bytes, TestContext.Current.CancellationToken);
                await NobodyIsInAsync(file, model, truth, photo, finding.Box.Widen(0.25f, 16).Within(frame.Width, frame.Height), options);
            }
        }

        taken.ShouldBeGreaterThan(2, "else the test would look at nothing");
    }

    private static async Task NobodyIsInAsync(string file, DetectionModel model, LabelledPictures truth, string photo, Box around, EvidenceOptions options)
    {
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

    [Fact]
    public async Task Without_labels_of_shelters_nothing_is_kept()
    {
        using var model = Tiny(["person", "car", "chair"]);
        var evidence = await Keeper(model, new EvidenceOptions(), new ManualClock())
            .TakeAsync(Bright(), At, Item(new(40, 40, 80, 80)), TestContext.Current.CancellationToken);
        (evidence.Id, evidence.Refusal).ShouldBe((null, EvidenceRefusal.KnowsNoShelters));
    }

    [Fact]
    public async Task Near_a_tent_nothing_is_kept_until_the_truck_has_left_it_behind()
    {
        using var model = Tiny(["person", "car", "tent"]);
        var keeper = Keeper(model, new EvidenceOptions { ShelterMetres = 30 }, new ManualClock());
        keeper.Note(5, [new Finding(new(0, 0, 20, 20), "tent", LabelRole.Shelter, null, 0.1f)]);
        (await KeepAsync()).Refusal.ShouldBe(EvidenceRefusal.NearShelter);
        keeper.Note(25, []);
        (await KeepAsync()).Refusal.ShouldBe(EvidenceRefusal.NearShelter);
        keeper.Note(10, []);
        (await KeepAsync()).Refusal.ShouldBe(EvidenceRefusal.None);

        Task<Evidence> KeepAsync() => keeper.TakeAsync(Bright(), At, Item(new(40, 40, 80, 80)), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Pictures_are_limited_in_size_and_in_number_an_hour()
    {
        using var model = Tiny(["person", "car", "tent"]);
        var clock = new ManualClock();
        var options = new EvidenceOptions { MaxAnHour = 2, MaxSidePixels = 120 };
        var keeper = Keeper(model, options, clock);
        (await KeepAsync(new(10, 10, 190, 190))).Refusal.ShouldBe(EvidenceRefusal.TooLarge);
        for (var hour = 0; hour < 3; hour++)
        {
            (await KeepAsync(new(40, 40, 80, 80))).Refusal.ShouldBe(EvidenceRefusal.None);
            (await KeepAsync(new(40, 40, 80, 80))).Refusal.ShouldBe(EvidenceRefusal.None);
            (await KeepAsync(new(40, 40, 80, 80))).Refusal.ShouldBe(EvidenceRefusal.EnoughThisHour);
            clock.Advance(TimeSpan.FromMinutes(61));
        }

        Task<Evidence> KeepAsync(Box box) => keeper.TakeAsync(Bright(), At, Item(box), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Picture_that_is_not_encoded_in_time_is_given_up_and_none_is_tried_for_a_minute()
    {
        using var model = Tiny(["person", "car", "tent"]);
        var clock = new ManualClock();
        var lines = new List<string>();
        var keeper = new EvidenceKeeper(
            model, new PictureMasker(model, Settings.Mask), new EvidenceOptions { EncodePatience = TimeSpan.Zero }, clock, new LineLogger(lines)); // Nothing is done at once.
        (await KeepAsync()).Refusal.ShouldBe(EvidenceRefusal.NotEncoded);
        lines.ShouldHaveSingleItem().ShouldContain("not done after 0 s and was ended");
        clock.Advance(TimeSpan.FromSeconds(59));
        (await KeepAsync()).Refusal.ShouldBe(EvidenceRefusal.NotEncoded);
        lines.Count.ShouldBe(1, "it was not tried");
        clock.Advance(TimeSpan.FromSeconds(1));
        (await KeepAsync()).Refusal.ShouldBe(EvidenceRefusal.NotEncoded);
        lines.Count.ShouldBe(2);

        Task<Evidence> KeepAsync() => keeper.TakeAsync(Bright(), At, Item(new(40, 40, 80, 80)), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_masks_hide_mostly_proves_nothing()
    {
        using var folder = new TemporaryFolder();
        using var model = Tiny(["person", "car", "tent"], person: 0.9f);
        var keeper = Keeper(model, new EvidenceOptions(), new ManualClock());
        var evidence = await keeper.TakeAsync(Bright(), At, Item(new(90, 90, 110, 110)), TestContext.Current.CancellationToken);
        evidence.Id.ShouldBeNull();
    }

    private static EvidenceKeeper Keeper(DetectionModel model, EvidenceOptions options, TimeProvider time) =>
        new(model, new PictureMasker(model, Settings.Mask), options with { EncodePatience = TimeSpan.FromMinutes(2) }, time, NullLogger.Instance);

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
