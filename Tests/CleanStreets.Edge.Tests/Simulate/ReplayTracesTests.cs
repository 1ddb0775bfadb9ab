using CleanStreets.Edge.Simulate;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Simulate;

public sealed class ReplayTracesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Traces_keep_their_order_gaps_and_places_in_both_column_forms()
    {
        var points = Read("id,time,geometry", "7,2019-03-11 08:33:24+00:00,POINT (11.925816 50.301888)", "a b,2019-03-11T08:00:00Z,\"POINT(1 -2.5)\"", "7,2019-03-11 08:33:39+00:00,POINT (11.9 50.3)");
        var columns = Read("latitude,id,longitude,time", "50.301888,7,11.925816,2019-03-11 08:33:24+00:00", "-2.5,a b,1,2019-03-11T08:00:00Z", "50.3,7,11.9,2019-03-11 08:33:39+00:00");

        points.Select(t => t.Truck.Value).ShouldBe(["replay-7", "replay-n1"]);
        points[0].Fixes.ShouldBe([new ReplayFix(1552293204000, 503018880, 119258160), new ReplayFix(1552293219000, 503000000, 119000000)]);
        points[0].DurationMs.ShouldBe(15_000);
        points[1].Fixes.ShouldBe([new ReplayFix(1552291200000, -25000000, 10000000)]);
        columns.SelectMany(t => t.Fixes).ShouldBe(points.SelectMany(t => t.Fixes));
    }

    [Theory]
    [InlineData("id,when,geometry", "1,2019-03-11 08:33:24Z,POINT (1 2)", "line 1")]
    [InlineData("id,time,geometry", "1,yesterday,POINT (1 2)", "line 2")]
    [InlineData("id,time,geometry", "1,2019-03-11 08:33:24Z,LINESTRING (1 2)", "line 2")]
    [InlineData("id,time,geometry", "1,2019-03-11 08:33:24Z,POINT (181 2)", "line 2")]
    [InlineData("id,time,geometry", "1,2019-03-11 08:33:24Z", "line 2")]
    [InlineData("id,time,geometry", "", "no fix")]
    public void Bad_file_is_refused_with_the_line_at_fault(string header, string line, string named) =>
        Should.Throw<SimulateException>(() => Read(header, line)).Message.ShouldContain(named);

    [Fact]
    public void Recorded_traces_of_Hof_are_all_there()
    {
        var traces = ReplayTraces.Read(SharedData.Require("data/hof/points.csv"));
        traces.Count.ShouldBe(132);
        traces.Sum(t => t.Fixes.Count).ShouldBe(6682);
    }

    private IReadOnlyList<ReplayTrace> Read(params string[] lines)
    {
        var path = _folder.Combine("t.csv");
        File.WriteAllLines(path, lines);
        return ReplayTraces.Read(path);
    }
}
