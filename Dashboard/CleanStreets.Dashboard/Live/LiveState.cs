using CleanStreets.Contracts;
using CleanStreets.Contracts.Scores;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Dashboard.Map;

namespace CleanStreets.Dashboard.Live;

/// <summary>What the live loop remembers between ticks, and which of it has changed. Owned by that loop alone.</summary>
internal sealed class LiveState(LiveBoard board)
{
    private readonly Dictionary<SegmentId, SegmentScore> _scores = [];
    private readonly Dictionary<SegmentId, SegmentFlags> _marks = [];
    private readonly Dictionary<TruckId, TruckStatus> _trucks = [];
    private readonly HashSet<int> _changedSegments = [];
    private readonly HashSet<TruckId> _changedTrucks = [];

    /// <summary>Keeps a score. The last message is right whatever its time: MQTT keeps the order of a topic, and ingest may rescore the past.</summary>
    public void Put(SegmentScore score)
    {
        _scores[score.SegmentId] = score;
        Show(score.SegmentId);
    }

    public void Clear(SegmentId segment)
    {
        if (_scores.Remove(segment))
        {
            Show(segment);
        }
    }

    public void Mark(SegmentId segment, SegmentFlags flags)
    {
        _marks[segment] = flags;
        Show(segment);
    }

    public void Put(TruckStatus truck)
    {
        _trucks[truck.TruckId] = truck;
        _changedTrucks.Add(truck.TruckId);
    }

    public void Clear(TruckId truck)
    {
        if (_trucks.Remove(truck))
        {
            _changedTrucks.Add(truck);
        }
    }

    /// <summary>Shows another network, with everything known about its segments.</summary>
    public void Show(StreetMap map)
    {
        var streets = new LiveBoard.Streets(map);
        foreach (var segment in map.Segments)
        {
            streets.Put(segment.Index, _scores.GetValueOrDefault(segment.Id));
            streets.Mark(segment.Index, _marks.GetValueOrDefault(segment.Id));
        }

        _changedSegments.Clear();
        board.Current = streets;
    }

    /// <summary>The codes of the segments that changed since the last call, at most <paramref name="most"/> of them.</summary>
    public IReadOnlyList<long[]> TakeSegments(int most)
    {
        if (board.Current is not { } streets)
        {
            return [];
        }

        var taken = _changedSegments.Take(most).ToArray();
        _changedSegments.ExceptWith(taken);
        return [.. taken.Select(index => Row(index, streets.Code(index)))];
    }

    /// <summary>The trucks that changed since the last call; one that was retired comes as disconnected, without a place.</summary>
    public IReadOnlyList<TruckStatus> TakeTrucks()
    {
        if (_changedTrucks.Count == 0)
        {
            return [];
        }

        var changed = _changedTrucks
            .Select(id => _trucks.TryGetValue(id, out var truck)
                ? truck
                : new TruckStatus { TruckId = id, State = TruckState.Disconnected, At = default })
            .ToArray();
        _changedTrucks.Clear();
        board.Trucks = [.. _trucks.Values.OrderBy(truck => truck.TruckId.Value, StringComparer.Ordinal)];
        return changed;
    }

    private void Show(SegmentId id)
    {
        if (board.Current is { } streets && streets.Map.Find(id) is { } segment)
        {
            streets.Put(segment.Index, _scores.GetValueOrDefault(id));
            streets.Mark(segment.Index, _marks.GetValueOrDefault(id));
            _changedSegments.Add(segment.Index);
        }
    }

    private static long[] Row(int index, SegmentCode code) =>
        [index, code.Grade, (long)code.Flags, code.Index100, code.Low100, code.High100, code.ObservedAtSeconds];
}
