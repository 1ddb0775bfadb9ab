using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Observations;

/// <summary>What the pass that is being driven has seen so far. One instance is used again for every pass of a trace.</summary>
internal sealed partial class PassRecord(ObservationOptions options)
{
    private readonly KindSums _counts = new();
    private readonly string[] _listedKinds = [.. options.ListedKinds];
    private readonly List<PileFind> _piles = [];
    private readonly long[] _litMillimetres = new long[Enum.GetValues<Light>().Length];
    private readonly long _stripMillimetres = (long)Math.Round(options.StripWidthMetres * 1000);
    private SideTotals _seen;
    private int _readings;
    private long _firstSequence;
    private long _lastSequence;
    private string? _cameraId;
    private string? _modelVersion;

    /// <summary>Things counted so far.</summary>
    public int Things { get; private set; }

    public void Clear()
    {
        _counts.Clear();
        _piles.Clear();
        Array.Clear(_litMillimetres);
        (_seen, _readings, _firstSequence, _lastSequence, _cameraId, _modelVersion, Things) = (default, 0, 0, 0, null, null, 0);
    }

    /// <summary>Adds street driven for the first time on the way to a reading.</summary>
    public void AddStreet(double metres, bool forward, ref PendingReading reading)
    {
        var millimetres = (long)Math.Round(metres * 1000);
        var strip = millimetres * _stripMillimetres / 1000 * reading.CoverageMilli / 1000;
        var left = Math.Min(strip, reading.LeftLeft);
        var right = Math.Min(strip, reading.RightLeft);
        reading.LeftLeft -= left;
        reading.RightLeft -= right;
        _seen = _seen.Plus(OfSegment(Side.Left, forward), left).Plus(OfSegment(Side.Right, forward), right);
        _litMillimetres[(int)reading.Light] += millimetres;
    }

    public void AddReading(in PendingReading reading)
    {
        _firstSequence = _readings++ == 0 ? reading.Sequence : _firstSequence;
        _lastSequence = reading.Sequence;
        _cameraId = reading.CameraId ?? _cameraId;
        _modelVersion = reading.ModelVersion ?? _modelVersion;
    }

    /// <summary>Counts a detection at an offset along the segment's geometry.</summary>
    public void AddDetection(in Detection detection, in PendingReading reading, bool forward, double offset)
    {
        var side = OfSegment(detection.Side, forward);
        var confidence = float.IsNaN(detection.Confidence) ? 0 : (int)Math.Round(detection.Confidence * 1000);
        var confident = float.IsNaN(detection.Confidence) ? 0 : detection.Count;
        ref var sum = ref _counts.Of(detection.Kind, side);
        sum.Count += detection.Count;
        sum.Confident += confident;
        sum.ConfidenceMilli += (long)confidence * confident;
        Things += detection.Count;
        if (_listedKinds.AsSpan().Contains(detection.Kind))
        {
            _piles.Add(new PileFind(
                detection.Kind, side, detection.Count, reading.CapturedAtMs, reading.Sequence, offset, confidence, detection.EvidenceId));
        }
    }

    /// <summary>The finished observation.</summary>
    public Observation ToObservation(in PassProgress pass, StreetSegment segment)
    {
        var (from, to) = pass.AlongGeometry(segment.LengthMetres);
        return new Observation
        {
            SegmentIndex = segment.Index,
            SegmentId = segment.Id,
            EnteredAtMs = pass.EnteredAtMs,
            LeftAtMs = pass.LeftAtMs,
            Forward = StreetEdges.IsForward(pass.Edge),
            FromOffsetMetres = from,
            ToOffsetMetres = to,
            LengthDrivenMetres = pass.Driven,
            Coverage = pass.Coverage(segment.LengthMetres),
            SeenMilliSquareMetres = _seen,
            Recall = options.Recall,
            Counts = Counts(),
            Piles = _piles.Count == 0 ? [] : _piles.ToArray(),
            ReadingCount = _readings,
            FirstSequence = _firstSequence,
            LastSequence = _lastSequence,
            Light = (Light)Array.IndexOf(_litMillimetres, _litMillimetres.Max()),
            CameraId = _cameraId,
            ModelVersion = _modelVersion,
        };
    }

    private KindCount[] Counts()
    {
        var sums = _counts.InOrder();
        var counts = sums.IsEmpty ? [] : new KindCount[sums.Length];
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = new KindCount(sums[i].Kind, sums[i].Side, sums[i].Count, Mean(in sums[i]));
        }

        return counts;
    }

    private static int Mean(in KindSum sum) =>
        sum.Confident == 0 ? 0 : (int)((sum.ConfidenceMilli + (sum.Confident / 2)) / sum.Confident);

    /// <summary>The vehicle's side as the segment's: driving against the geometry swaps them.</summary>
    private static Side OfSegment(Side vehicle, bool forward) => vehicle switch
    {
        Side.Left => forward ? Side.Left : Side.Right,
        Side.Right => forward ? Side.Right : Side.Left,
        _ => Side.Unknown,
    };
}
