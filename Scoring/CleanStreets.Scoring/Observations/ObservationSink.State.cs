using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.State;

namespace CleanStreets.Scoring.Observations;

/// <content>The pass that is being driven, and the readings that wait for their place.</content>
internal sealed partial class ObservationSink
{
    public void Save(StateWriter state)
    {
        state.Number(_readings.Count);
        for (var i = 0; i < _readings.Count; i++)
        {
            _readings[i].Save(state);
        }

        state.Number(_detections.Count);
        for (var i = 0; i < _detections.Count; i++)
        {
            _detections[i].Save(state);
        }

        _record.Save(state);
        Save(_tracked, state);
        Save(_trackedBefore, state);
        _pass.Save(state);
        state.Real(_sinceView);
        state.Number(Counters.UnplacedReadings);
        state.Number(Counters.DroppedPasses);
        state.Number(Counters.DroppedThings);
    }

    public void Load(ref StateReader state)
    {
        for (var left = state.Count(); left > 0; left--)
        {
            _readings.Add(PendingReading.Load(ref state));
        }

        for (var left = state.Count(); left > 0; left--)
        {
            _detections.Add(DetectionState.LoadDetection(ref state));
        }

        _record.Load(ref state);
        Load(_tracked, ref state);
        Load(_trackedBefore, ref state);
        _pass = PassProgress.Load(ref state);
        if (_pass.Edge != PassProgress.None.Edge)
        {
            MatchLattice.DemandEdge(_pass.Edge, network.Edges.Count);
        }

        _sinceView = state.Real();
        Counters = new TraceCounters(state.Number(), state.Number(), state.Number());
    }

    private static void Save(HashSet<(int TrackId, string Kind)> tracked, StateWriter state)
    {
        // In order, so that equal states have equal bytes.
        state.Number(tracked.Count);
        foreach (var (track, kind) in tracked.OrderBy(item => item.TrackId).ThenBy(item => item.Kind, StringComparer.Ordinal))
        {
            state.Number(track);
            state.Text(kind);
        }
    }

    private static void Load(HashSet<(int TrackId, string Kind)> tracked, ref StateReader state)
    {
        for (var left = state.Count(); left > 0; left--)
        {
            tracked.Add((state.Int32(), state.RequiredText()));
        }
    }
}
