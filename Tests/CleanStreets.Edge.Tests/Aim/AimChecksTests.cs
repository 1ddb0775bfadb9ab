using System.Xml.Linq;
using CleanStreets.Edge.Aim.Geometry;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Doctor;
using CleanStreets.Edge.Tests.Capture;
using CleanStreets.Edge.Vision;
using CleanStreets.Edge.Vision.Boxes;
using CleanStreets.Edge.Vision.Ground;

namespace CleanStreets.Edge.Tests.Aim;

public sealed class AimChecksTests
{
    private static readonly CameraMounting Ahead = new() { CalibrationId = "c", HeightMetres = 2.4, PitchDegrees = 20, HorizontalFieldOfViewDegrees = 90 };
    private static readonly AimDraft Right = new(Ahead, new KerbTarget(), 4, [MarkFitTests.Cone(Ahead, 5, 0), MarkFitTests.Cone(Ahead, 10, 0)], 1280, 720);

    [Fact]
    public void A_measured_camera_that_sees_both_kerbs_is_right()
    {
        AimChecks.Of(Right).Select(check => (check.Part, check.Verdict)).ShouldBe([("horizon", Verdict.Ok), ("left", Verdict.Ok), ("right", Verdict.Ok), ("measured", Verdict.Ok)]);
        AimAdvice.IsRight(Right).ShouldBeTrue();
    }

    [Fact]
    public void What_the_kerb_view_says_is_seen_is_in_the_footprint_and_nothing_beside_it()
    {
        var view = KerbView.Of(Ahead, new KerbTarget(), isLeft: false, 1280, 720)!.Value;
        var (plane, footprint) = (new GroundPlane(Ahead, 1280, 720), new Footprint(Ahead, 1280, 720));
        for (var ahead = view.FromMetres + 0.1; ahead < view.ToMetres - 0.1; ahead += 0.5)
        {
            var (x, y) = plane.ToPicture(ahead, 3.5)!.Value;
            (x is >= 0 and <= 1280 && y is >= 0 and <= 720).ShouldBeTrue();
            footprint.FootOf(new Box((float)x - 5, (float)y - 10, (float)x + 5, (float)y)).ShouldNotBeNull($"{ahead} m ahead");
        }

        var (before, _) = plane.ToPicture(view.FromMetres - 0.3, 3.5)!.Value;
        before.ShouldBeGreaterThan(1280, "nearer, the kerb leaves the picture on the right");
    }

    [Theory]
    [InlineData(-5, "horizon", "too much sky")]
    [InlineData(75, "horizon", "own feet")]
    [InlineData(55, "left", "wanted 4.0 m")]
    public void A_wrong_tilt_says_what_is_wrong_and_the_turn_that_mends_it(double pitch, string part, string said)
    {
        var draft = Right with { Mounting = Ahead with { PitchDegrees = pitch } };
        var check = AimChecks.Of(draft).Single(check => check.Part == part);
        check.Verdict.ShouldBe(Verdict.Fail);
        check.Said.ShouldContain(said);

        // Doing as told makes it right.
        check.Fix.ShouldNotBeNull().ShouldStartWith("tilt it ");
        var words = check.Fix.Split(' ');
        var turn = int.Parse(words[2].TrimEnd('°')) * (words[3].StartsWith("down", StringComparison.Ordinal) ? 1 : -1);
        AimAdvice.IsRight(draft with { Mounting = draft.Mounting with { PitchDegrees = pitch + turn } }).ShouldBeTrue(check.Fix);
    }

    [Fact]
    public void A_camera_for_the_right_kerb_is_not_asked_for_the_left()
    {
        var sideways = Right with { Mounting = Ahead with { YawDegrees = 50 }, Marks = [] };
        AimChecks.Of(sideways).Select(check => check.Part).ShouldBe(["horizon", "right", "measured"]);
        AimChecks.Of(sideways with { Kerbs = new KerbTarget { LeftMetres = 3.5 } }).Single(check => check.Part == "left").Verdict.ShouldBe(Verdict.Fail);
        AimChecks.Of(sideways with { Kerbs = new KerbTarget { LeftMetres = 0, RightMetres = 0 } }).Single(check => check.Part == "kerb").Fix.ShouldNotBeNull().ShouldContain("Adjust");
    }

    [Fact]
    public void The_trucks_own_body_in_the_way_says_so()
    {
        var hood = Right with { Mounting = Ahead with { Region = new RegionOfInterest { Polygon = [[0, 0], [1, 0], [1, 0.32], [0, 0.32]] } } };
        AimChecks.Of(hood).Single(check => check.Part == "right").ShouldSatisfyAllConditions(
            check => check.Said.ShouldContain("own body is in the way"), check => check.Fix.ShouldNotBeNull().ShouldContain("body's edge"));
    }

    [Fact]
    public void A_kerb_beyond_the_region_says_which_setting() =>
        AimChecks.Of(Right with { Kerbs = new KerbTarget { RightMetres = 9 } }).Single(check => check.Part == "right").Fix.ShouldNotBeNull().ShouldContain("region.maxSideMetres");

    [Fact]
    public void Sliders_that_disagree_with_the_marks_are_not_right_and_the_fix_is_what_was_measured()
    {
        var check = AimChecks.Of(Right with { Mounting = Ahead with { PitchDegrees = 24 } }).Single(check => check.Part == "measured");
        check.Said.ShouldContain("the mark at 10.0 m comes out at");
        check.Fix.ShouldBe("press “Use measured” under Measure: pitch 20.0°, height 2.40 m");
    }

    [Fact]
    public void Marks_that_contradict_each_other_say_so()
    {
        var draft = Right with { Marks = [.. Right.Marks, Right.Marks[1] with { DistanceMetres = 20 }] };
        AimChecks.Of(draft).Single(check => check.Part == "measured").Fix.ShouldNotBeNull().ShouldContain("contradict");
    }

    [Fact]
    public void Without_a_cone_nothing_is_measured_and_a_horizon_alone_does_not_do()
    {
        AimChecks.Of(Right with { Marks = [] }).Single(check => check.Part == "measured").Said.ShouldContain("not measured");
        AimChecks.Of(Right with { Marks = [new Mark(0.5, 0.1, null)] }).Single(check => check.Part == "measured").Verdict.ShouldBe(Verdict.Fail);
    }

    [Fact]
    public void Marks_of_a_camera_that_has_moved_since_count_no_more()
    {
        AimChecks.Of(Right, hasMoved: true).Single(check => check.Part == "measured").Said.ShouldContain("moved");

        var world = new World(3);
        float[] Cells(int down)
        {
            var cells = new float[Thumbnail.Cells];
            Thumbnail.Fill(world.Frame(5, down), cells);
            return cells;
        }

        PictureShift.Between(Cells(0), Cells(0), 8, 8).IsDifferent.ShouldBeFalse();
        var shift = PictureShift.Between(Cells(0), Cells(40), 8, 8);
        (shift.X, shift.Y, shift.IsAtLeast(1)).ShouldBe((0, -4, true), "40 of 480 rows are 4 of 48 cells");
    }

    [Fact]
    public void The_drawing_is_sound_svg_with_horizon_both_sides_and_distances()
    {
        var svg = XDocument.Parse($"<svg>{Overlay.Of(Right)}</svg>");
        var words = svg.Descendants("text").Select(text => text.Value).ToList();
        words.ShouldContain("horizon");
        words.ShouldContain("4 m");
        words.ShouldContain("left kerb");
        words.ShouldContain("right kerb");
        svg.Descendants().Attributes("style").ShouldBeEmpty("the page's content policy refuses styles");
        svg.Descendants().Attributes().ShouldAllBe(attribute => !attribute.Value.Contains("NaN") && !attribute.Value.Contains('∞') && !attribute.Value.Contains("Infinity"));
    }

    [Theory]
    [InlineData(21)]
    [InlineData(0.5)]
    public void A_kerb_that_no_street_has_is_refused(double metres) =>
        Should.Throw<VisionException>(() => new KerbTarget { RightMetres = metres }.Checked()).Message.ShouldContain("rightMetres");
}
