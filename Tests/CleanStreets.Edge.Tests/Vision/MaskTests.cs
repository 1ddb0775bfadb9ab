using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Detect;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Edge.Vision;
using CleanStreets.Edge.Vision.Boxes;
using CleanStreets.Edge.Vision.Model;
using CleanStreets.Edge.Vision.Privacy;
using CleanStreets.Edge.Vision.Settings;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Vision;

public sealed class MaskTests
{
    private static readonly VisionSettings Settings = VisionSettingsFile.Read(null);
    private static readonly LabelMap Coco = new(["person", "car", "chair"], Settings);
    private static readonly Box Whole = new(0, 0, 200, 200);

    [Fact]
    public void Every_reason_has_words_of_its_own() =>
        Enum.GetValues<MaskRefusal>().Select(refusal => refusal.Text()).Distinct().Count().ShouldBe(Enum.GetValues<MaskRefusal>().Length);

    [Theory]
    [InlineData("PictureFile.WriteAsync(", "MaskedPicture.cs")]
    [InlineData("PictureFile.EncodeAsync(", "MaskedJpeg.cs")]
    [InlineData("new MaskedJpeg(", "MaskedJpeg.cs")]
    [InlineData("MaskedPicture.Fill(", "PictureMasker.cs")]
    [InlineData("\"rawvideo\"", "PictureFile.cs")]
    public void Only_what_went_through_the_masks_can_be_written(string means, string owner) =>
        Directory.EnumerateFiles(RepositoryRoot.Combine("Edge", "CleanStreets.Edge"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && File.ReadAllText(file).Contains(means, StringComparison.Ordinal))
            .Select(file => Path.GetFileName(file)!)
            .ShouldBe([owner]);

    [Fact]
    public void Masks_are_wider_than_what_they_hide()
    {
        var plan = Decide(128, Person(new(50, 50, 100, 150), 0.9f));
        plan.Refusal.ShouldBe(MaskRefusal.None);
        plan.Masks.ShouldHaveSingleItem().ShouldBe(new Box(44, 38, 106, 162));
    }

    [Fact]
    public void A_faint_person_forbids_the_picture() => Decide(128, Person(new(50, 50, 100, 150), 0.07f)).Refusal.ShouldBe(MaskRefusal.Unsure);

    [Fact]
    public void A_faint_person_under_a_mask_forbids_nothing() =>
        Decide(128, Person(new(50, 50, 100, 150), 0.9f), Person(new(52, 60, 98, 150), 0.07f)).Refusal.ShouldBe(MaskRefusal.None);

    [Fact]
    public void A_faint_person_outside_the_part_that_is_kept_forbids_nothing() =>
        MaskPolicy.Decide(128, [Person(new(50, 50, 100, 150), 0.07f)], new Box(120, 0, 200, 200), Coco, Settings.Mask).Refusal.ShouldBe(MaskRefusal.None);

    [Fact]
    public void A_person_of_whom_masks_hide_only_the_legs_is_masked_at_the_second_look()
    {
        Box car = new(20, 100, 180, 180);
        var again = MaskPolicy.Again([Person(new(50, 40, 90, 180), 0.5f)], [car], Settings.Mask);

        again.Refusal.ShouldBe(MaskRefusal.None);
        again.Masks.ShouldHaveSingleItem().Top.ShouldBeLessThan(40);
        MaskPolicy.Again([Person(new(50, 105, 90, 180), 0.5f)], [car], Settings.Mask).Masks.ShouldBeEmpty("the masks hide all of it: their edges may look like anything");
    }

    [Fact]
    public void A_faint_person_at_the_second_look_forbids_the_picture_unless_masks_hide_it()
    {
        var faint = Person(new(50, 50, 90, 150), 0.07f);

        MaskPolicy.Again([faint], [], Settings.Mask).Refusal.ShouldBe(MaskRefusal.Unsure);
        MaskPolicy.Again([faint], [new(40, 40, 100, 160)], Settings.Mask).Refusal.ShouldBe(MaskRefusal.None);
        MaskPolicy.Again([faint, Person(new(48, 45, 95, 155), 0.5f)], [], Settings.Mask).Refusal.ShouldBe(MaskRefusal.None, "the new mask of the surer one hides it");
    }

    [Fact]
    public void A_dark_picture_is_not_kept() => Decide(30).Refusal.ShouldBe(MaskRefusal.TooDark);

    [Fact]
    public void A_model_that_knows_no_people_or_no_vehicles_keeps_nothing()
    {
        MaskPolicy.Decide(128, [], Whole, new LabelMap(["car"], Settings), Settings.Mask).Refusal.ShouldBe(MaskRefusal.KnowsNoPeople);
        MaskPolicy.Decide(128, [], Whole, new LabelMap(["person"], Settings), Settings.Mask).Refusal.ShouldBe(MaskRefusal.KnowsNoVehicles);
    }

    [Fact]
    public void Coverage_counts_what_masks_cover_together_once()
    {
        MaskPolicy.CoverageOf(new(0, 0, 10, 10), [new(0, 0, 5, 10), new(3, 0, 8, 10)]).ShouldBe(0.8, 1e-9);
        MaskPolicy.CoverageOf(new(0, 0, 10, 10), []).ShouldBe(0);
    }

    [Fact]
    public void A_model_that_always_sees_perhaps_a_person_keeps_nothing()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.Combine("t.onnx"), TinyOnnx.Constant(64, 64, Saying(person: 0.07f), [1, 84, 7]));
        using var model = DetectionModel.Open(folder.Combine("t.onnx"), ["person", "car"], Settings, threads: 1);
        var bright = new Picture(128, 128);
        bright.Rgb.AsSpan().Fill(200);
        new PictureMasker(model, Settings.Mask).Mask(bright).ShouldSatisfyAllConditions(
            result => result.Picture.ShouldBeNull(), result => result.Refusal.ShouldBe(MaskRefusal.Unsure));
    }

    [Fact]
    public async Task Whatever_is_kept_of_real_photos_shows_no_labelled_person_or_vehicle()
    {
        using var model = SharedVision.Open(Loose());
        var truth = LabelledPictures.Read(SharedVision.PeopleAndVehicles);
        var masker = new PictureMasker(model, Loose().Mask);
        using var folder = new TemporaryFolder();
        var (kept, hidden) = (0, 0);
        foreach (var photo in Directory.EnumerateFiles(SharedVision.Photos, "*.jpg").Select(Path.GetFileName))
        {
            var result = masker.Mask(await SharedVision.PhotoAsync(photo!));
            if (result.Picture is null)
            {
                continue;
            }

            kept++;
            var path = folder.Combine(Path.ChangeExtension(photo!, ".png"));
            await result.Picture.WriteAsync(path, TestContext.Current.CancellationToken);
            var written = await PictureFile.ReadAsync(path, TestContext.Current.CancellationToken);
            foreach (var labelled in truth.Of(photo!)!)
            {
                GreyShare(written, labelled.Box).ShouldBeGreaterThan(0.9, $"{labelled.Label} on {photo} at {labelled.Box}");
                hidden++;
            }
        }

        kept.ShouldBeGreaterThanOrEqualTo(4);
        hidden.ShouldBeGreaterThanOrEqualTo(12);
    }

    [Fact]
    public async Task The_photo_taken_at_night_is_not_kept()
    {
        using var model = SharedVision.Open(Loose());
        new PictureMasker(model, Loose().Mask).Mask(await SharedVision.PhotoAsync("ams_43.jpg")).Refusal.ShouldBe(MaskRefusal.TooDark);
    }

    /// <summary>Faint candidates forbid nothing, so that more photos are kept and looked into than in earnest.</summary>
    private static VisionSettings Loose() => Settings with { Mask = Settings.Mask with { UnsureConfidence = Settings.Mask.Confidence } };

    private static double GreyShare(Picture picture, Box box)
    {
        var (left, top, right, bottom) = MaskPolicy.Pixels(box.Within(picture.Width, picture.Height));
        long grey = 0;
        for (var y = top; y < bottom; y++)
        {
            for (var x = left; x < right; x++)
            {
                var pixel = picture.Row(y).Slice(x * 3, 3);
                grey += pixel[0] == 128 && pixel[1] == 128 && pixel[2] == 128 ? 1 : 0;
            }
        }

        return grey / ((double)(right - left) * (bottom - top));
    }

    private static MaskPlan Decide(double brightness, params Finding[] findings) => MaskPolicy.Decide(brightness, findings, Whole, Coco, Settings.Mask);

    private static Finding Person(Box box, float confidence) => new(box, "person", LabelRole.Person, null, confidence);

    private static float[] Saying(float person)
    {
        var numbers = new float[84 * 7];
        float[] row = [0, 0, 1, 1, 1, person, 0];
        row.CopyTo(numbers, ((3 * 8) + 4) * 7);
        return numbers;
    }
}
