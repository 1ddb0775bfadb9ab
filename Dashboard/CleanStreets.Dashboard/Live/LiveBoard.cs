using CleanStreets.Contracts.Scores;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Dashboard.Ingest;
using CleanStreets.Dashboard.Map;

namespace CleanStreets.Dashboard.Live;

/// <summary>The newest of everything: what pages are drawn from.</summary>
/// <remarks>
/// Only the live loop writes; everybody reads without waiting. Read <see cref="Revision"/> first, then the rest: the
/// rest is then at least as new as the revision, and events after it may be applied again without harm.
/// </remarks>
internal sealed class LiveBoard
{
    private volatile Streets? _streets;
    private volatile IReadOnlyList<TruckStatus> _trucks = [];
    private volatile IngestView _ingest = IngestView.Unknown;
    private long _revision;

    /// <summary>Id of the newest event.</summary>
    public long Revision
    {
        get => Volatile.Read(ref _revision);
        set => Volatile.Write(ref _revision, value);
    }

    /// <summary>The streets and what is known of them; null until ingest has answered once.</summary>
    public Streets? Current
    {
        get => _streets;
        set => _streets = value;
    }

    public IReadOnlyList<TruckStatus> Trucks
    {
        get => _trucks;
        set => _trucks = value;
    }

    public IngestView Ingest
    {
        get => _ingest;
        set => _ingest = value;
    }

    /// <summary>One street network with the newest score and marks of each segment, by segment index.</summary>
    internal sealed class Streets(StreetMap map)
    {
        private readonly SegmentScore?[] _scores = new SegmentScore?[map.Segments.Count];
        private readonly SegmentFlags[] _marks = new SegmentFlags[map.Segments.Count];

        public StreetMap Map => map;

        public SegmentScore? Score(int segmentIndex) => Volatile.Read(ref _scores[segmentIndex]);

        public SegmentCode Code(int segmentIndex) => SegmentCode.Of(Score(segmentIndex), _marks[segmentIndex]);

        public void Put(int segmentIndex, SegmentScore? score) => Volatile.Write(ref _scores[segmentIndex], score);

        public void Mark(int segmentIndex, SegmentFlags flags) => _marks[segmentIndex] = flags;
    }
}
