using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Tests.Matching;

/// <summary>Remembers everything a matcher tells, as text for comparing and as passes.</summary>
internal sealed class RecordingSink(StreetNetwork network) : IMatchSink
{
    private PassProgress _pass = PassProgress.None;

    public List<string> Told { get; } = [];

    public List<(int Edge, double Offset)?> Fixes { get; } = [];

    public List<Travel> Travels { get; } = [];

    public int Breaks { get; private set; }

    /// <summary>The segments really driven, in order, as +id or −id; touches at junctions are left out.</summary>
    public List<string> Path { get; } = [];

    public void Drove(in Travel travel)
    {
        if (!_pass.Continues(travel, network.Edges.Length(travel.Edge)))
        {
            var another = _pass.Edge >= 0;
            Close(onToAnotherEdge: true);
            _pass = PassProgress.Begin(travel.Edge, travel.From, travel.EnteredAtMs, another);
        }

        _pass.Drive(travel);
        Travels.Add(travel);
        Told.Add($"drove {travel}");
    }

    public void Placed(int edge, double offset, long timeMs)
    {
        Fixes.Add((edge, offset));
        Told.Add($"placed {edge} {offset:R} {timeMs}");
    }

    public void Unplaced()
    {
        Fixes.Add(null);
        Told.Add("unplaced");
    }

    public void Broke()
    {
        Close(onToAnotherEdge: false);
        Breaks++;
        Told.Add("broke");
    }

    private void Close(bool onToAnotherEdge)
    {
        if (_pass.Edge >= 0 && _pass.IsPass(network.Edges.Length(_pass.Edge), onToAnotherEdge, new MatchingOptions().MinimumPassMetres))
        {
            Path.Add(Name(_pass.Edge));
        }

        _pass = PassProgress.None;
    }

    private string Name(int edge) => (StreetEdges.IsForward(edge) ? "+" : "-") + network.Segments[StreetEdges.SegmentOf(edge)].Id.Value;
}
