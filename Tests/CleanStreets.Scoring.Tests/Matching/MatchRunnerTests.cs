using System.Globalization;
using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.Streets;
using CleanStreets.Scoring.Tests.Streets;
using CleanStreets.Testing;

namespace CleanStreets.Scoring.Tests.Matching;

public class MatchRunnerTests
{
    private static readonly StreetNetwork Grid = TestStreets.Grid();

    [Fact]
    public void Recorded_traces_of_a_real_town_come_out_as_their_corrected_routes()
    {
        var network = StreetFile.Read(SharedData.Require("data/hof/network.geojson"));
        using var points = File.OpenText(SharedData.Require("data/hof/points.csv"));
        var passes = new StringWriter();

        var summary = MatchRunner.Run(network, points, passes, fixes: null);

        summary.Traces.ShouldBe(132);
        summary.Fixes.ShouldBe(6682);
        var passed = passes.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(line => line.Split(','))
            .Where(cells => double.Parse(cells[6], CultureInfo.InvariantCulture) >= 0.5)
            .ToLookup(cells => cells[0], cells => cells[2]);
        var score = new RouteScore(network);
        foreach (var route in File.ReadLines(SharedData.Require("data/hof/ground_truth.csv")).Skip(1).Select(CsvLine.Split))
        {
            score.Add(RouteScore.Lines(route[1]), passed[route[0]]);
        }

        // The nearest segment of each fix gets 0.77 and 0.91, a textbook model 0.978 and 0.971; this one 0.995 and 0.989.
        score.Precision.ShouldBeGreaterThan(0.99);
        score.Recall.ShouldBeGreaterThan(0.985);
    }

    [Fact]
    public void Passes_and_fixes_are_written_with_their_columns()
    {
        var (passes, fixes) = Run(Csv("7", SimulatedDrive.Along(Grid, SimulatedDrive.Legs(Grid, "+h00", "+v10"), sigma: 0)));

        passes[0].ShouldBe("id,order,segmentId,direction,enteredAt,leftAt,coverage");
        passes[1].ShouldBe("7,1,h00,forward,2025-10-09T08:53:20.000Z,2025-10-09T08:53:36.666Z,1.000");
        passes[2].ShouldStartWith("7,2,v10,forward,2025-10-09T08:53:36.666Z,");
        fixes[0].ShouldBe("id,time,segmentId,offsetMetres,longitude,latitude");
        fixes[2].ShouldStartWith("7,1760000001,h00,6.0,-117.49993");
        fixes.Length.ShouldBe(1 + 34);
    }

    [Fact]
    public void Traces_may_be_mixed_and_given_as_well_known_text()
    {
        var one = Csv("a", SimulatedDrive.Along(Grid, SimulatedDrive.Legs(Grid, "+h00"), sigma: 0)).Skip(1).ToArray();
        var other = Csv("b", SimulatedDrive.Along(Grid, SimulatedDrive.Legs(Grid, "-h32"), sigma: 0)).Skip(1).ToArray();
        string[] mixed = ["id,longitude,latitude,time", .. one.Zip(other).SelectMany(pair => new[] { pair.First, pair.Second })];
        string[] wkt = ["time,geometry,id", .. mixed.Skip(1).Select(line => line.Split(',')).Select(c => $"{c[3]},\"POINT ({c[1]} {c[2]})\",{c[0]}")];

        var passes = Run(mixed).Passes;

        passes.Skip(1).Select(line => string.Join(',', line.Split(',')[..4])).ShouldBe(["a,1,h00,forward", "b,1,h32,backward"]);
        Run(wkt).Passes.ShouldBe(passes);
    }

    [Fact]
    public void Place_that_is_none_is_written_as_placed_nowhere()
    {
        var (passes, fixes) = Run(["id,time,longitude,latitude", "a,1760000000,NaN,35", "a,1760000001,,", "a,1760000002,-117.4,95"]);

        passes.Length.ShouldBe(1);
        fixes.Skip(1).ShouldBe(["a,1760000000,,,,", "a,1760000001,,,,", "a,1760000002,,,,"]);
    }

    [Theory]
    [InlineData("id,when", "traces line 1: the columns")]
    [InlineData("id,time,geometry\na,1,POINT (1)", "traces line 2: 'POINT (1)' is not a WKT point")]
    [InlineData("id,time,geometry\na,1,POINT (1 2)\na,noon,POINT (1 2)", "traces line 3: 'noon' is not a time")]
    [InlineData("id,time,longitude,latitude\na,1,x,2", "traces line 2: 'x' is not a number")]
    [InlineData("id,time,longitude,latitude\na,1,2", "traces line 2: has 3 column(s)")]
    public void Trace_file_that_cannot_be_read_names_its_line(string text, string says) =>
        Should.Throw<TraceFileException>(() => Run(text.Split('\n'))).Message.ShouldStartWith(says);

    private static string[] Csv(string id, IEnumerable<SimulatedDrive.Fix> fixes) =>
    [
        "id,longitude,latitude,time",
        .. fixes.Select(fix => string.Create(
            CultureInfo.InvariantCulture, $"{id},{fix.Place.Longitude:F8},{fix.Place.Latitude:F8},{fix.TimeMs / 1000.0:0.###}")),
    ];

    private static (string[] Passes, string[] Fixes) Run(IEnumerable<string> lines)
    {
        var (passes, fixes) = (new StringWriter(), new StringWriter());
        MatchRunner.Run(Grid, new StringReader(string.Join('\n', lines)), passes, fixes);
        return (Lines(passes), Lines(fixes));
    }

    private static string[] Lines(StringWriter writer) => writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
