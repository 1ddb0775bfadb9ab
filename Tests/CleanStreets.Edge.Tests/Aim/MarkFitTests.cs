using CleanStreets.Edge.Aim.Geometry;
using CleanStreets.Edge.Vision.Ground;

namespace CleanStreets.Edge.Tests.Aim;

/// <summary>Marks are put on a known camera's picture by the ground plane that the agent uses; the fit must give that camera back.</summary>
public sealed class MarkFitTests
{
    private const int Width = 1280;
    private const int Height = 720;

    private static readonly CameraMounting Truth = new()
    {
        CalibrationId = "c",
        HeightMetres = 2.37,
        PitchDegrees = 18.4,
        YawDegrees = 25,
        HorizontalFieldOfViewDegrees = 78,
        AheadMetres = 1.2,
        RightMetres = 0.9,
    };

    private static readonly CameraMounting Guess = Truth with { HeightMetres = 2, PitchDegrees = 30, RollDegrees = 0 };

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(-6)]
    public void Two_cones_tell_pitch_and_height(double roll)
    {
        var truth = Truth with { RollDegrees = roll };
        var fit = MarkFit.Of(Guess with { RollDegrees = roll }, Width, Height, [Cone(truth, 5, 0), Cone(truth, 10, 8)]).ShouldNotBeNull();
        (fit.PitchDegrees, fit.HeightMetres, fit.IsHeightMeasured, fit.IsRollMeasured).ShouldSatisfyAllConditions(
            all => all.PitchDegrees.ShouldBe(18.4, 1e-3), all => all.HeightMetres.ShouldBe(2.37, 1e-3), all => all.IsHeightMeasured.ShouldBeTrue(), all => all.IsRollMeasured.ShouldBeFalse());
        fit.ResidualPixels.ShouldBe(0, "two marks and two unknowns leave nothing over");
        fit.PitchWithinDegrees.ShouldBeInRange(0.05, 2);
        fit.HeightWithinMetres.ShouldBeInRange(0.01, 0.5);
    }

    [Fact]
    public void One_cone_tells_the_pitch_when_the_height_was_measured_with_a_tape()
    {
        var fit = MarkFit.Of(Guess with { HeightMetres = 2.37 }, Width, Height, [Cone(Truth, 10, 0)]).ShouldNotBeNull();
        (fit.PitchDegrees, fit.HeightMetres, fit.IsHeightMeasured).ShouldSatisfyAllConditions(
            all => all.PitchDegrees.ShouldBe(18.4, 1e-3), all => all.HeightMetres.ShouldBe(2.37), all => all.IsHeightMeasured.ShouldBeFalse());
    }

    [Fact]
    public void One_cone_and_two_taps_on_the_horizon_tell_pitch_height_and_roll()
    {
        var truth = Truth with { PitchDegrees = 12, RollDegrees = -3 };
        var fit = MarkFit.Of(Guess, Width, Height, [Horizon(truth, 0.2), Horizon(truth, 0.8), Cone(truth, 8, 4)]).ShouldNotBeNull();
        (fit.PitchDegrees, fit.HeightMetres, fit.RollDegrees, fit.IsRollMeasured).ShouldSatisfyAllConditions(
            all => all.PitchDegrees.ShouldBe(12, 1e-3), all => all.HeightMetres.ShouldBe(2.37, 1e-3), all => all.RollDegrees.ShouldBe(-3, 1e-6), all => all.IsRollMeasured.ShouldBeTrue());
    }

    [Fact]
    public void Careless_taps_are_within_what_the_fit_says_and_leave_a_residual()
    {
        var random = new Random(7);
        var (hits, tries) = (0, 200);
        for (var i = 0; i < tries; i++)
        {
            var marks = new[] { 4.0, 6, 9, 14 }.Select(metres => Cone(Truth, metres, random.Next(-15, 15))).Select(mark => mark with { Y = mark.Y + (Normal(random) * 3 / Height) }).ToList();
            var fit = MarkFit.Of(Guess, Width, Height, marks).ShouldNotBeNull();
            fit.ResidualPixels.ShouldBeInRange(0, 15);
            hits += Math.Abs(fit.PitchDegrees - 18.4) <= fit.PitchWithinDegrees && Math.Abs(fit.HeightMetres - 2.37) <= fit.HeightWithinMetres ? 1 : 0;
        }

        hits.ShouldBeGreaterThan(tries * 85 / 100, "two standard deviations");
    }

    [Fact]
    public void Cones_side_by_side_do_not_tell_the_height()
    {
        var fit = MarkFit.Of(Guess with { HeightMetres = 2.37 }, Width, Height, [Cone(Truth, 10, -5), Cone(Truth, 10, 5)]).ShouldNotBeNull();
        (fit.IsHeightMeasured, fit.HeightMetres).ShouldBe((false, 2.37));
        fit.PitchDegrees.ShouldBe(18.4, 1e-3);
    }

    [Fact]
    public void Without_marks_or_with_marks_that_cannot_be_nothing_is_measured()
    {
        MarkFit.Of(Guess, Width, Height, []).ShouldBeNull();

        // Far below near: only a camera in the ground sees that.
        MarkFit.Of(Guess, Width, Height, [new Mark(0.5, 0.9, 30), new Mark(0.5, 0.5, 2)]).ShouldBeNull();
    }

    [Fact]
    public void The_distance_of_a_mark_is_the_ground_planes()
    {
        var mark = Cone(Truth, 7, 3);
        MarkFit.DistanceOf(mark, Truth, Width, Height)!.Value.ShouldBe(7, 1e-9);
        new GroundPlane(Truth, Width, Height).ToGround(mark.X * Width, mark.Y * Height)!.Value.DistanceMetres.ShouldBe(7, 1e-9);
        MarkFit.DistanceOf(new Mark(0.5, -0.5, null), Truth, Width, Height).ShouldBeNull("the sky");
    }

    /// <summary>A cone so far from under the lens, some degrees beside where it looks.</summary>
    internal static Mark Cone(CameraMounting truth, double metres, double beside)
    {
        var (sin, cos) = Math.SinCos(double.DegreesToRadians(truth.YawDegrees + beside));
        var (x, y) = new GroundPlane(truth, Width, Height).ToPicture(truth.AheadMetres + (metres * cos), truth.RightMetres + (metres * sin))!.Value;
        return new Mark(x / Width, y / Height, metres);
    }

    private static Mark Horizon(CameraMounting truth, double x) => new(x, new GroundPlane(truth, Width, Height).HorizonAt(x * Width) / Height, null);

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
