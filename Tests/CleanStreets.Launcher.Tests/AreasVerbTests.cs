using System.Globalization;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;

namespace CleanStreets.Launcher.Tests;

/// <summary>An analyst has passes and a layer of areas, and wants a table.</summary>
public sealed class AreasVerbTests
{
    private const string Week = "--from 2026-11-02T00:00Z --to 2026-11-09T00:00Z";

    [Fact]
    public async Task Areas_are_told_with_interval_coverage_and_what_one_truck_does()
    {
        using var folder = new TemporaryFolder();
        Write(folder);

        var output = await RunAsync(0, folder, $"{Week} --method acceptably-clean-1 --leave-one-out {folder.Combine("trucks.csv")}");

        output.ShouldContain("2 areas by acceptably-clean-1, period index; 1 of them not seen");
        var rows = File.ReadAllLines(folder.Combine("out.csv")).Select(line => line.Split(',')).ToList();
        string Cell(int row, string column) => rows[row][Array.IndexOf(rows[0], column)];
        (Cell(1, "area"), Cell(1, "question"), Cell(1, "trucks")).ShouldBe(("west", "period", "2"));
        double.Parse(Cell(1, "index"), CultureInfo.InvariantCulture).ShouldBeInRange(0.01, 0.99);
        double.Parse(Cell(1, "low"), CultureInfo.InvariantCulture).ShouldBeLessThan(double.Parse(Cell(1, "high"), CultureInfo.InvariantCulture));
        Cell(1, "coverage").ShouldBe("1");
        (Cell(2, "area"), Cell(2, "index"), Cell(2, "coverage")).ShouldBe(("nowhere", "", "0"));
        File.ReadAllLines(folder.Combine("trucks.csv")).Length.ShouldBe(3);
    }

    [Fact]
    public async Task Condition_at_a_moment_and_classes_of_Los_Angeles_are_asked_in_the_same_way()
    {
        using var folder = new TemporaryFolder();
        Write(folder);

        (await RunAsync(0, folder, "--as-of 2026-11-09T00:00Z --method lasan-2016-q3")).ShouldContain("condition now");

        var last = File.ReadAllLines(folder.Combine("out.csv"))[1].Split(',')[^4..^1];
        last.Length.ShouldBe(3);
        last[0].ShouldBe(last[1]); // All of it was seen: a class, not incomplete.
        File.ReadAllText(folder.Combine("out.csv")).ShouldContain(",now,");
    }

    [Fact]
    public async Task A_change_of_detector_is_marked_where_it_lies_in_the_period_or_the_one_before()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        var passes = File.ReadAllLines(folder.Combine("passes.csv"));
        File.WriteAllLines(folder.Combine("passes.csv"),
            passes.Select((line, i) => line + (i == 0 ? ",modelVersion" : line.Contains("-06T", StringComparison.Ordinal) ? ",litter-8" : ",litter-7")));

        (await RunAsync(0, folder, Week)).ShouldContain("in 1 the detector changed");
        File.ReadAllLines(folder.Combine("out.csv"))[1].Split(',')[^2].ShouldBe("litter-7 > litter-8");
        (await RunAsync(0, folder, "--from 2026-11-07T00:00Z --to 2026-11-08T00:00Z")).ShouldNotContain("the detector changed", Case.Sensitive, "one detector only in these two days");
    }

    [Theory]
    [InlineData("", "--as-of")]
    [InlineData("--from 2026-11-02T00:00Z", "--from before --to")]
    [InlineData("--as-of 2026-11-02T00:00Z --from 2026-11-02T00:00Z --to 2026-11-03T00:00Z", "Say which number you want")]
    [InlineData("--method fair", "fair")]
    public async Task Wrong_words_are_named(string more, string says)
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        (await RunAsync(2, folder, more)).ShouldContain(says);
        File.Exists(folder.Combine("out.csv")).ShouldBeFalse();
    }

    private static void Write(TemporaryFolder folder)
    {
        var city = GeneratedCity.Create(1);
        using (var file = File.Create(folder.Combine("streets.geojson")))
        {
            StreetFile.WriteGeoJson(city, file);
        }

        var points = city.Segments.SelectMany(segment => segment.Geometry).ToList();
        var (west, east) = (points.Min(point => point.Longitude) - 0.01, points.Max(point => point.Longitude) + 0.01);
        var (south, north) = (points.Min(point => point.Latitude) - 0.01, points.Max(point => point.Latitude) + 0.01);
        string Square(string name, double w, double e) => string.Create(CultureInfo.InvariantCulture,
            $"{{\"type\":\"Feature\",\"properties\":{{\"name\":\"{name}\"}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[[[{w},{south}],[{e},{south}],[{e},{north}],[{w},{north}],[{w},{south}]]]}}}}");
        File.WriteAllText(folder.Combine("areas.geojson"),
            "{\"type\":\"FeatureCollection\",\"features\":[" + Square("west", west, east) + "," + Square("nowhere", east + 1, east + 2) + "]}");
        File.WriteAllLines(folder.Combine("passes.csv"), city.Segments.Select((segment, i) => string.Create(CultureInfo.InvariantCulture,
            $"{segment.Id},truck-{i % 2},2026-11-0{4 + (i % 3)}T08:00:00Z,{segment.LengthMetres * 6:0.0},loose_litter={i % 200}")).Prepend("segmentId,truckId,enteredAt,exposureSquareMetres,counts"));
    }

    private static async Task<string> RunAsync(int exitCode, TemporaryFolder folder, string more)
    {
        await using var launcher = ProductProgram.Start("deploy/CleanStreets.Launcher",
        [
            "areas", "--streets", folder.Combine("streets.geojson"), "--areas", folder.Combine("areas.geojson"), "--passes", folder.Combine("passes.csv"),
            "--out", folder.Combine("out.csv"), .. more.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ]);
        (await launcher.ExitAsync(Eventually.Patience)).ShouldBe(exitCode, launcher.Output);
        return launcher.Output;
    }
}
