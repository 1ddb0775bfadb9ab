using System.Net;
using System.Text.Json;
using CleanStreets.Edge.Aim;
using CleanStreets.Edge.Aim.Look;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Detect;
using CleanStreets.Edge.Doctor;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Edge.Vision;
using CleanStreets.Edge.Vision.Ground;
using CleanStreets.Edge.Vision.Privacy;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Aim;

/// <summary>A technician's ten minutes, with the real model on a real photo: look, measure, accept, print.</summary>
public sealed class AimStoryTests
{
    private const string Photo = "ams_26.jpg";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Measured_by_two_cones_accepted_and_printed()
    {
        using var pictures = new TemporaryFolder();
        await StandingAsync(pictures);
        await using var bench = await AimBench.StartAsync(pictures.Path, SharedVision.Model, SharedVision.Labels);
        await bench.EnterAsync();
        await Eventually.TrueAsync("a masked picture is shown", async () => (await bench.StateAsync()).Picture is { Number: > 0, Withheld: null });
        var live = await bench.Phone.GetByteArrayAsync("/picture.jpg", Stop);
        await ShowsNobodyAsync(live, bench.Combine("live.jpg"));

        // The camera really sits at 2.4 m and looks 16° down: where the cones are seen says so.
        var state = await bench.StateAsync();
        state.Checks.Single(check => check.Part == "measured").Verdict.ShouldBe(Verdict.Fail);
        var truth = new CameraMounting { CalibrationId = "t", HeightMetres = 2.4, PitchDegrees = 16, HorizontalFieldOfViewDegrees = 90 };
        var plane = new GroundPlane(truth, state.Picture.Width, state.Picture.Height);
        foreach (var metres in new[] { 5.0, 10 })
        {
            var (x, y) = plane.ToPicture(metres, 0)!.Value;
            state = await bench.ChangeAsync("/api/marks", new MarkWish(x / state.Picture.Width, y / state.Picture.Height, metres));
        }

        state.Measured.ShouldNotBeNull().ShouldSatisfyAllConditions(fit => fit.PitchDegrees.ShouldBe(16, 0.01), fit => fit.HeightMetres.ShouldBe(2.4, 0.001));
        state.Checks.Single(check => check.Part == "measured").Said.ShouldContain("not as set");
        state = await bench.ChangeAsync("/api/measured", new MountingWish());
        state.Checks.Where(check => check.Verdict == Verdict.Fail).ShouldBeEmpty();
        state.IsRight.ShouldBeTrue();
        state = await bench.ChangeAsync("/api/mounting", new MountingWish { BodyBelow = 0.9, LeftKerbMetres = 3 });
        state.Checks.Where(check => check.Verdict == Verdict.Fail).ShouldBeEmpty();

        // Nothing counts before it is accepted; then everything does.
        CameraFile.Read(bench.CameraFile).Mounting.CalibrationId.ShouldBe("c-1");
        state = await bench.ChangeAsync("/api/accept", new AcceptWish("A. Jansen <script>"));
        var sheetState = state.Sheet.ShouldNotBeNull();
        sheetState.IsInForce.ShouldBeTrue();
        var file = CameraFile.Read(bench.CameraFile);
        file.Mounting.CalibrationId.ShouldBe(sheetState.CalibrationId);
        (file.Mounting.PitchDegrees, file.Mounting.HeightMetres, file.Mounting.Region.MaxDistanceMetres, file.Kerbs.LeftMetres).ShouldBe((16, 2.4, 11, 3));
        file.Mounting.Region.Polygon.Count.ShouldBe(4);
        var text = await File.ReadAllTextAsync(bench.CameraFile, Stop);
        text.ShouldContain("// Over the right mirror.", Case.Sensitive, "what else stands in the file is kept");
        (await bench.ChangeAsync("/api/mounting", new MountingWish { PitchDegrees = 17 })).Sheet.ShouldNotBeNull().IsInForce.ShouldBeFalse();

        // The sheet: on the phone, on the box sealed, and printed later from there.
        var html = await bench.Phone.GetStringAsync("/sheet", Stop);
        html.ShouldContain("All checks right");
        html.ShouldContain("A. Jansen &lt;script&gt;");
        WebUtility.HtmlDecode(html).ShouldContain("the box’s own clock, not confirmed by satellites");
        var sealedFile = Directory.EnumerateFiles(Path.Combine(bench.Data, "acceptance")).ShouldHaveSingleItem();
        NoPictureInTheClear(bench.Data);
        var key = new SealingKey(await File.ReadAllBytesAsync(Path.Combine(bench.Data, "spool.key"), Stop));
        var sheet = JsonSerializer.Deserialize(SealedFile.Read(sealedFile, key).ShouldNotBeNull(), AimJson.Default.AcceptanceSheet).ShouldNotBeNull();
        (sheet.Truck, sheet.Camera, sheet.Technician, sheet.ClockFromGnss, sheet.ModelVersion).ShouldBe(("truck-017", "front", "A. Jansen <script>", false, state.Checks.Single(check => check.Part == "masks").Said.Split(' ')[6].TrimEnd(';')));
        JpegTrace.IsIn(sheet.Picture.ShouldNotBeNull()).ShouldBeTrue();
        await ShowsNobodyAsync(sheet.Picture, bench.Combine("sheet.jpg"));
        (await bench.Program.StopAsync(Eventually.Patience)).ShouldBe(0);
        await using var print = ProductProgram.Start("Edge/CleanStreets.Edge", "aim", "--camera", bench.CameraFile, "--data", bench.Data, "--print", bench.Combine("sheet.html"));
        (await print.ExitAsync(Eventually.Patience)).ShouldBe(0, print.Output);
        (await File.ReadAllTextAsync(bench.Combine("sheet.html"), Stop)).ShouldBe(html);

        // The agent says it in its status, without picture and name; not of a measuring that somebody changed by hand.
        using (var lane = CameraLane.Open(file, bench.Data, _ => default, (_, _) => ValueTask.CompletedTask, TimeProvider.System, NullLoggerFactory.Instance))
        {
            lane.Status.Acceptance.ShouldNotBeNull().ShouldSatisfyAllConditions(
                said => said.CalibrationId.ShouldBe(sheet.CalibrationId), said => said.AcceptedAt.ShouldBe(sheet.AcceptedAt), said => said.PitchDegrees.ShouldBe(16), said => said.OpenPoints.ShouldBeEmpty());
        }

        AcceptanceFile.Read(bench.Data, "by-hand").ShouldBeNull();
        (await File.ReadAllTextAsync(AcceptanceFile.In(bench.Data), Stop)).ShouldNotContain("Jansen");
    }

    [Fact]
    public async Task With_open_points_the_sheet_says_which_and_why()
    {
        using var pictures = new TemporaryFolder();
        await using var bench = await AimBench.StartAsync(pictures.Path);
        await bench.EnterAsync();
        using (var without = await bench.SendAsync("/api/accept", new AcceptWish("A. Jansen")))
        {
            (await without.Content.ReadAsStringAsync(Stop)).ShouldContain("say why");
        }

        Directory.Exists(bench.Data).ShouldBeFalse();
        await bench.ChangeAsync("/api/accept", new AcceptWish("A. Jansen", "camera is delivered tomorrow"));
        var html = await bench.Phone.GetStringAsync("/sheet", Stop);
        html.ShouldContain("Accepted with open points: camera, masks");
        html.ShouldContain("camera is delivered tomorrow");
        html.ShouldContain("No picture:");
        html.ShouldNotContain("data:image");
        AcceptanceFile.Read(bench.Data, CameraFile.Read(bench.CameraFile).Mounting.CalibrationId).ShouldNotBeNull().OpenPoints.ShouldContain("measured");
    }

    [Fact]
    public async Task A_camera_file_that_cannot_be_written_leaves_no_sheet()
    {
        using var folder = new TemporaryFolder();
        await using var bench = await AimBench.StartAsync(folder.Path);
        await bench.EnterAsync();
        File.Delete(bench.CameraFile);
        Directory.CreateDirectory(bench.CameraFile);
        using var refused = await bench.SendAsync("/api/accept", new AcceptWish("A. Jansen", "why not"));
        (await refused.Content.ReadAsStringAsync(Stop)).ShouldContain("cannot be written");
        Directory.EnumerateFiles(Path.Combine(bench.Data, "acceptance")).ShouldBeEmpty();
        (await bench.StateAsync()).Sheet.ShouldBeNull();
    }

    [Theory]
    [InlineData("ams_06.jpg")]
    [InlineData("ams_13.jpg")]
    [InlineData("ams_18.jpg")]
    [InlineData("ams_26.jpg")]
    [InlineData("ams_28.jpg")]
    [InlineData("ams_38.jpg")]
    public async Task Sharp_photos_are_sharp_and_the_same_through_grease_is_not(string photo)
    {
        var sharp = await SharedVision.PhotoAsync(photo);
        (await LookAsync(sharp)).IsSoft.ShouldBeFalse($"{Sharpness(sharp)}");
        var soft = Blurred(sharp, 8);
        (await LookAsync(soft)).IsSoft.ShouldBeTrue($"{Sharpness(soft)}");
    }

    [Fact]
    public async Task A_covered_lens_is_dark()
    {
        (await LookAsync(new Picture(640, 360))).Faults.ShouldBe(CameraFaults.Dark);
    }

    /// <summary>The photo as a camera that stands sees it: with its own noise, so that no two frames are the same.</summary>
    private static async Task StandingAsync(TemporaryFolder folder)
    {
        await using var ffmpeg = ProductProgram.StartProcess(
            "ffmpeg", ["-nostdin", "-loglevel", "error", "-loop", "1", "-i", Path.Combine(SharedVision.Photos, Photo), "-vf", "noise=alls=3:allf=t", "-frames:v", "6", "-q:v", "2", folder.Combine("%02d.jpg")]);
        (await ffmpeg.ExitAsync(Eventually.Patience)).ShouldBe(0, ffmpeg.Output);
    }

    private static double Sharpness(Picture picture) => Thumbnail.Fill(picture, new float[Thumbnail.Cells]) / Math.Max(8, Brightness.Of(picture).Spread);

    private static async Task<AimPicture> LookAsync(Picture picture)
    {
        var eye = new AimEye(
            new CameraFile { CameraId = "c", Source = "s", Model = "m", Labels = "l", Mounting = new CameraMounting { CalibrationId = "c", HeightMetres = 2, PitchDegrees = 20, HorizontalFieldOfViewDegrees = 90 } },
            TimeProvider.System,
            NullLogger.Instance);
        await eye.TakeAsync(picture, masker: null, Stop);
        return eye.Latest.ShouldNotBeNull();
    }

    /// <summary>Means over a square, as grease does.</summary>
    private static Picture Blurred(Picture picture, int radius)
    {
        var blurred = new Picture(picture.Width, picture.Height);
        for (var y = 0; y < picture.Height; y++)
        {
            for (var x = 0; x < picture.Width; x++)
            {
                int sum = 0, count = 0;
                for (var dy = -radius; dy <= radius; dy += 2)
                {
                    for (var dx = -radius; dx <= radius; dx += 2)
                    {
                        if (x + dx >= 0 && x + dx < picture.Width && y + dy >= 0 && y + dy < picture.Height)
                        {
                            sum += picture.Row(y + dy)[((x + dx) * 3) + 1];
                            count++;
                        }
                    }
                }

                blurred.Row(y).Slice(x * 3, 3).Fill((byte)(sum / count));
            }
        }

        return blurred;
    }

    /// <summary>Every person and vehicle that people have labelled on the photo is under a mask.</summary>
    private static async Task ShowsNobodyAsync(byte[] jpeg, string path)
    {
        await File.WriteAllBytesAsync(path, jpeg, Stop);
        var picture = await PictureFile.ReadAsync(path, Stop);
        var labelled = LabelledPictures.Read(SharedVision.PeopleAndVehicles).Of(Photo).ShouldNotBeNull();
        labelled.ShouldNotBeEmpty();
        foreach (var (box, what) in labelled.Select(thing => (thing.Box, thing.Label)))
        {
            var (left, top, right, bottom) = MaskPolicy.Pixels(box.Within(picture.Width, picture.Height));
            long grey = 0;
            for (var y = top; y < bottom; y++)
            {
                for (var x = left; x < right; x++)
                {
                    var pixel = picture.Row(y).Slice(x * 3, 3);
                    grey += Math.Abs(pixel[0] - 128) < 12 && Math.Abs(pixel[1] - 128) < 12 && Math.Abs(pixel[2] - 128) < 12 ? 1 : 0;
                }
            }

            (grey / ((double)(right - left) * (bottom - top))).ShouldBeGreaterThan(0.9, $"{what} at {box}");
        }
    }

    private static void NoPictureInTheClear(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var bytes = File.ReadAllBytes(file);
            JpegTrace.IsIn(bytes).ShouldBeFalse(file);
            bytes.AsSpan().IndexOf("/9j/"u8).ShouldBe(-1, $"{file}: a JPEG in base 64");
        }
    }
}
