using System.Globalization;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Matching;

/// <summary>What a run of <see cref="MatchRunner"/> came to.</summary>
/// <param name="Traces">Traces read.</param>
/// <param name="Fixes">Fixes read.</param>
/// <param name="Placed">Fixes placed on a segment.</param>
/// <param name="Passes">Passes written.</param>
public sealed record MatchSummary(int Traces, int Fixes, int Placed, int Passes);

/// <summary>Matches recorded traces and writes passes and placed fixes as CSV.</summary>
/// <remarks>
/// Passes: <c>id,order,segmentId,direction,enteredAt,leftAt,coverage</c>, order from 1 in each trace, direction forward or backward.
/// Fixes: <c>id,time,segmentId,offsetMetres,longitude,latitude</c>, time as it was read, offset along the segment's geometry,
/// place on the segment; the last four are empty for a fix that fits nowhere.
/// </remarks>
public static class MatchRunner
{
    /// <summary>Runs the matcher over all traces.</summary>
    /// <exception cref="TraceFileException">The traces cannot be read.</exception>
    public static MatchSummary Run(
        StreetNetwork network, TextReader traces, TextWriter passes, TextWriter? fixes, MatchingOptions? options = null)
    {
        var settings = options ?? new MatchingOptions();
        passes.Write("id,order,segmentId,direction,enteredAt,leftAt,coverage\n");
        fixes?.Write("id,time,segmentId,offsetMetres,longitude,latitude\n");
        var summary = new MatchSummary(0, 0, 0, 0);
        foreach (var trace in TraceFile.Read(traces))
        {
            var sink = new CsvSink(network, trace, passes, fixes, settings.MinimumPassMetres);
            var matcher = new MapMatcher(network, settings);
            foreach (var fix in trace.Fixes)
            {
                matcher.Add(fix.TimeMs, fix.Place, double.NaN, double.NaN, double.NaN, ref sink);
            }

            matcher.Break(ref sink);
            summary = new MatchSummary(
                summary.Traces + 1, summary.Fixes + trace.Fixes.Count, summary.Placed + sink.Placed, summary.Passes + sink.Passes);
        }

        return summary;
    }

    /// <summary>Writes what the matcher tells of one trace.</summary>
    private sealed class CsvSink(
        StreetNetwork network, RecordedTrace trace, TextWriter passes, TextWriter? fixes, double minimumPassMetres) : IMatchSink
    {
        private readonly string _id = CsvLine.Cell(trace.Id);
        private PassProgress _pass = PassProgress.None;
        private int _fix;

        public int Passes { get; private set; }

        public int Placed { get; private set; }

        public void Drove(in Travel travel)
        {
            if (!_pass.Continues(travel, network.Edges.Length(travel.Edge)))
            {
                var another = _pass.Edge >= 0;
                Close(onToAnotherEdge: true);
                _pass = PassProgress.Begin(travel.Edge, travel.From, travel.EnteredAtMs, another);
            }

            _pass.Drive(travel);
        }

        void IMatchSink.Placed(int edge, double offset, long timeMs)
        {
            if (_pass.Edge < 0)
            {
                _pass = PassProgress.Begin(edge, offset, timeMs, fromAnotherEdge: false);
            }

            _pass.Stand(timeMs);
            Placed++;
            var segment = network.Segments[StreetEdges.SegmentOf(edge)];
            var along = network.Edges.Turn(edge, offset);
            var place = network.PointAt(segment.Index, along);
            WriteFix(string.Create(
                CultureInfo.InvariantCulture, $"{segment.Id},{along:F1},{place.Longitude:F7},{place.Latitude:F7}"));
        }

        public void Unplaced() => WriteFix(",,,");

        public void Broke() => Close(onToAnotherEdge: false);

        private void WriteFix(string placed) => fixes?.Write($"{_id},{CsvLine.Cell(trace.Fixes[_fix++].Time)},{placed}\n");

        private void Close(bool onToAnotherEdge)
        {
            if (_pass.Edge >= 0)
            {
                var segment = network.Segments[StreetEdges.SegmentOf(_pass.Edge)];
                if (_pass.IsPass(segment.LengthMetres, onToAnotherEdge, minimumPassMetres))
                {
                    Passes++;
                    passes.Write(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{_id},{Passes},{segment.Id},{(StreetEdges.IsForward(_pass.Edge) ? "forward" : "backward")},{Iso(_pass.EnteredAtMs)},{Iso(_pass.LeftAtMs)},{_pass.Coverage(segment.LengthMetres):F3}\n"));
                }
            }

            _pass = PassProgress.None;
        }

        private static string Iso(long ms) =>
            DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
    }
}
