using CleanStreets.Edge.Vision;
using CleanStreets.Edge.Vision.Boxes;
using CleanStreets.Edge.Vision.Ground;

namespace CleanStreets.Edge.Tests.Vision;

public sealed class GroundTests
{
    private static readonly CameraMounting Down = new() { CalibrationId = "c-1", HeightMetres = 2.5, PitchDegrees = 30, HorizontalFieldOfViewDegrees = 90 };

    [Fact]
    public void The_middle_of_the_picture_is_where_the_lens_points()
    {
        var point = new GroundPlane(Down, 1280, 720).ToGround(640, 360)!.Value;
        point.AheadMetres.ShouldBe(2.5 / Math.Tan(Math.PI / 6), 1e-9);
        point.RightMetres.ShouldBe(0, 1e-9);
    }

    [Fact]
    public void The_edge_of_the_picture_is_half_the_field_of_view_away()
    {
        var point = new GroundPlane(Down with { PitchDegrees = 45 }, 1000, 1000).ToGround(1000, 500)!.Value;

        // The lens looks down 45°: √2 × height along its axis, and at 90° of view the edge is as far to the side.
        point.AheadMetres.ShouldBe(2.5, 1e-9);
        point.RightMetres.ShouldBe(2.5 * Math.Sqrt(2), 1e-9);
    }

    [Fact]
    public void A_camera_that_looks_right_sees_what_lies_to_the_right()
    {
        var point = new GroundPlane(Down with { YawDegrees = 90, RightMetres = 1, AheadMetres = -2 }, 1280, 720).ToGround(640, 360)!.Value;
        point.AheadMetres.ShouldBe(-2, 1e-9);
        point.RightMetres.ShouldBe(1 + (2.5 / Math.Tan(Math.PI / 6)), 1e-9);
    }

    [Fact]
    public void Above_the_horizon_is_no_street()
    {
        var plane = new GroundPlane(Down, 1280, 720);
        plane.ToGround(640, plane.HorizonRow - 1).ShouldBeNull();
        plane.ToGround(640, plane.HorizonRow + 40).ShouldNotBeNull();
    }

    [Theory]
    [InlineData(0, 0, 0, 1)]
    [InlineData(35, -15, 0, 2)]
    [InlineData(-60, 25, 0, 3)]
    [InlineData(20, 10, 12, 4)]
    [InlineData(-20, 0, -7, 5)]
    public void Street_to_picture_and_back_is_where_it_began(double yaw, double pitch, double roll, int seed)
    {
        var random = new Random(seed);
        var plane = new GroundPlane(Down with { YawDegrees = yaw, PitchDegrees = 30 + (pitch / 5), RollDegrees = roll, AheadMetres = 1.5, RightMetres = -0.8 }, 1280, 720);
        for (var i = 0; i < 200; i++)
        {
            var (x, y) = (random.NextDouble() * 1280, 300 + (random.NextDouble() * 420));
            if (plane.ToGround(x, y) is { } point)
            {
                var (backX, backY) = plane.ToPicture(point.AheadMetres, point.RightMetres)!.Value;
                backX.ShouldBe(x, 1e-6);
                backY.ShouldBe(y, 1e-6);
            }
        }
    }

    [Fact]
    public void A_camera_turned_clockwise_sees_the_right_end_of_the_horizon_higher()
    {
        var plane = new GroundPlane(Down with { PitchDegrees = 0, RollDegrees = 10 }, 1000, 1000);
        plane.HorizonAt(500).ShouldBe(500, 1e-9);
        plane.HorizonAt(1000).ShouldBe(500 - (500 * Math.Tan(Math.PI / 18)), 1e-9);
        plane.Depression(1000, plane.HorizonAt(1000)).ShouldBe(0, 1e-9);
        plane.ToGround(900, 500)!.Value.RightMetres.ShouldBeGreaterThan(0, "street shows below the horizon, on the right now in the middle row");
        plane.ToGround(100, 500).ShouldBeNull();
    }

    [Fact]
    public void The_footprint_has_the_square_metres_of_the_street_it_shows()
    {
        // A camera straight above: 2 m high, 90° of view, square picture: 4 m × 4 m of street.
        var above = new Footprint(new CameraMounting { CalibrationId = "c", HeightMetres = 2, PitchDegrees = 90, HorizontalFieldOfViewDegrees = 90 }, 800, 800);
        above.SquareMetres.ShouldBe(16, 0.01);
        var seen = above.Visible([]);
        (seen.LeftSquareMetres, seen.RightSquareMetres, seen.Share).ShouldSatisfyAllConditions(
            all => all.LeftSquareMetres.ShouldBe(8, 0.01), all => all.RightSquareMetres.ShouldBe(8, 0.01), all => all.Share.ShouldBe(1, 1e-9));
    }

    [Fact]
    public void A_parked_car_hides_its_street_on_its_side_only()
    {
        var footprint = new Footprint(Down, 1280, 720);
        var open = footprint.Visible([]);
        var behind = footprint.Visible([new Box(800, 0, 1280, 720)]);
        behind.LeftSquareMetres.ShouldBe(open.LeftSquareMetres);
        behind.RightSquareMetres.ShouldBeLessThan(open.RightSquareMetres * 0.6);
        behind.Share.ShouldBe((behind.LeftSquareMetres + behind.RightSquareMetres) / footprint.SquareMetres, 1e-9);
        footprint.Visible([new Box(0, 0, 1280, 720)]).Share.ShouldBe(0);
    }

    [Fact]
    public void Dirt_on_the_lens_hides_street_too() => new Footprint(Down, 1280, 720).Visible([], (_, y) => y > 0.5).Share.ShouldBeInRange(0.5, 0.9);

    [Fact]
    public void What_is_too_far_or_outside_the_region_is_no_detection()
    {
        var footprint = new Footprint(Down with { Region = new RegionOfInterest { MaxDistanceMetres = 6, Polygon = [[0, 0], [1, 0], [1, 0.9], [0, 0.9]] } }, 1280, 720);
        footprint.FootOf(new Box(630, 300, 650, 360)).ShouldNotBeNull();
        footprint.FootOf(new Box(630, 60, 650, 120)).ShouldBeNull("nearly at the horizon");
        footprint.FootOf(new Box(630, 600, 650, 700)).ShouldBeNull("on the truck's own body");
    }

    [Theory]
    [InlineData(0, 30, 90)]
    [InlineData(2, 95, 90)]
    [InlineData(2, 30, 170)]
    public void A_mounting_that_no_truck_has_is_refused(double height, double pitch, double view) =>
        Should.Throw<VisionException>(() => new CameraMounting { CalibrationId = "c", HeightMetres = height, PitchDegrees = pitch, HorizontalFieldOfViewDegrees = view }.Checked())
            .Message.ShouldContain("cannot be right");
}
