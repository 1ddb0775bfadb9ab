using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Observations;

/// <summary>Joins what the matcher decides with the readings that wait for it, and closes passes into observations.</summary>
internal sealed partial class ObservationSink(StreetNetwork network, MatchingOptions matching, ObservationOptions options) : IMatchSink
{
    private readonly Ring<PendingReading> _readings = new();
    private readonly Ring<Detection> _detections = new();
    private readonly PassRecord _record = new(options);

    // What was tracked on this pass and on the observation before it: a thing seen across a junction counts once.
    private HashSet<(int TrackId, string Kind)> _tracked = [];
    private HashSet<(int TrackId, string Kind)> _trackedBefore = [];
    private PassProgress _pass = PassProgress.None;
    private double _sinceView = double.PositiveInfinity;

    /// <summary>Where finished observations go; set for the length of one call.</summary>
    public List<Observation> Completed { get; set; } = [];

    public TraceCounters Counters { get; private set; }

    /// <summary>See <see cref="TraceObserver.Fetch"/>.</summary>
    public long Fetch(int step) => step switch
    {
        0 => _pass.Edge + (long)_sinceView,
        1 => _readings.Fetch() + _detections.Fetch() + _tracked.Count + _trackedBefore.Count,
        _ => _readings.FetchEnds() + _detections.FetchEnds(),
    };

    public void Enqueue(in Reading reading, ReadOnlySpan<Detection> detections, long sequence, in BatchEnvelope envelope)
    {
        _readings.Add(PendingReading.Of(reading, detections.Length, sequence, envelope));
        foreach (ref readonly var detection in detections)
        {
            _detections.Add(detection);
        }
    }

    public void Drove(in Travel travel)
    {
        if (!_pass.Continues(travel, network.Edges.Length(travel.Edge)))
        {
            var another = _pass.Edge >= 0;
            Close(onToAnotherEdge: true);
            _pass = PassProgress.Begin(travel.Edge, travel.From, travel.EnteredAtMs, another);
        }

        var fresh = _pass.Drive(travel);
        _sinceView += fresh;
        _record.AddStreet(fresh, StreetEdges.IsForward(travel.Edge), ref _readings.Oldest);
    }

    public void Placed(int edge, double offset, long timeMs)
    {
        if (_pass.Edge < 0)
        {
            _pass = PassProgress.Begin(edge, offset, timeMs, fromAnotherEdge: false);
        }

        _pass.Stand(timeMs);
        var reading = _readings.Take();
        _record.AddReading(reading);
        var newView = _sinceView >= options.NewViewMetres;
        _sinceView = newView ? 0 : _sinceView;
        for (var i = 0; i < reading.DetectionCount; i++)
        {
            Count(_detections.Take(), reading, edge, offset, newView);
        }
    }

    public void Unplaced()
    {
        var reading = _readings.Take();
        for (var i = 0; i < reading.DetectionCount; i++)
        {
            _detections.Take();
        }

        Counters = Counters with { UnplacedReadings = Counters.UnplacedReadings + 1 };
    }

    public void Broke()
    {
        Close(onToAnotherEdge: false);
        _trackedBefore.Clear();
        _sinceView = double.PositiveInfinity;
    }

    private void Count(in Detection detection, in PendingReading reading, int edge, double offset, bool newView)
    {
        if (detection.Confidence < options.MinimumConfidence)
        {
            return;
        }

        var key = (detection.TrackId, detection.Kind);
        var counts = detection.TrackId == 0 ? newView : !_trackedBefore.Contains(key) && _tracked.Add(key);
        if (counts)
        {
            var ahead = float.IsNaN(detection.OffsetMetres) ? 0 : detection.OffsetMetres;
            var at = Math.Clamp(offset + ahead, 0, network.Edges.Length(edge));
            _record.AddDetection(detection, reading, StreetEdges.IsForward(edge), network.Edges.Turn(edge, at));
        }
    }

    private void Close(bool onToAnotherEdge)
    {
        if (_pass.Edge >= 0)
        {
            var segment = network.Segments[StreetEdges.SegmentOf(_pass.Edge)];
            if (_pass.IsPass(segment.LengthMetres, onToAnotherEdge, matching.MinimumPassMetres)
                && _pass.Coverage(segment.LengthMetres) >= options.MinimumCoverage)
            {
                Completed.Add(_record.ToObservation(_pass, segment));
                (_tracked, _trackedBefore) = (_trackedBefore, _tracked);
            }
            else
            {
                Counters = Counters with
                {
                    DroppedPasses = Counters.DroppedPasses + 1,
                    DroppedThings = Counters.DroppedThings + _record.Things,
                };
            }
        }

        _tracked.Clear();
        _record.Clear();
        _pass = PassProgress.None;
    }
}
