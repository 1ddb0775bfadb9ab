using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Match;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Observations;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Ingest.Score;

/// <summary>The evidence of every segment, and the scores it gives. Owned by the Score loop.</summary>
internal sealed partial class ScoreKeeper(StreetNetwork network, IScoreMethod method, ScoreBoard board)
{
    /// <summary>Passes of a segment after which what no longer weighs anything is forgotten.</summary>
    private const int PruneEvery = 512;

    private readonly SegmentEvidence?[] _evidence = new SegmentEvidence?[network.Segments.Count];
    private readonly long[] _newestFactMs = new long[network.Segments.Count];
    private readonly bool[] _isDirty = new bool[network.Segments.Count];
    private readonly List<int> _dirty = [];
    private readonly SortedDictionary<int, TrialPasses> _trials = [];

    /// <summary>Adds what is new; scores follow with <see cref="Rescore"/>.</summary>
    public void Add(MatchedBatch batch)
    {
        foreach (var matched in batch.Observations)
        {
            Add(in matched);
        }

        foreach (var fact in batch.Facts)
        {
            Add(in fact);
        }
    }

    /// <summary>Adds a pass; one of a detector on trial is no evidence.</summary>
    public void Add(in MatchedObservation matched)
    {
        var index = matched.Observation.SegmentIndex;
        if (matched.IsTrial)
        {
            TrialsOf(index).Add(matched.Observation, matched.Truck, method.HorizonMs);
            return;
        }

        var evidence = EvidenceOf(index);
        evidence.Add(matched.Observation, matched.Truck, matched.ReceivedAtMs);
        if (evidence.PassCount % PruneEvery == 0)
        {
            evidence.Prune(AsOfMs(index) - method.HorizonMs);
        }

        MarkDirty(index);
    }

    /// <summary>Adds a fact. One about a street that the network no longer has is kept in the journal and changes nothing here.</summary>
    public void Add(in MatchedFact said)
    {
        if (TryFind(said.Fact.SegmentId, out var index))
        {
            EvidenceOf(index).Add(said.Fact, said.ReceivedAtMs);
            _newestFactMs[index] = Math.Max(_newestFactMs[index], said.AtMs);
            MarkDirty(index);
        }
    }

    /// <summary>Place of a segment in the network; false when it has none of this name.</summary>
    public bool TryFind(SegmentId segment, out int index)
    {
        index = network.TryFind(segment, out var found) ? found.Index : -1;
        return index >= 0;
    }

    public bool HasEvidence(int index) => _evidence[index] is not null;

    /// <summary>The time of a segment's newest evidence, milliseconds since 1970 UTC; 0 without any.</summary>
    public long AsOfMs(int index) => Math.Max(_evidence[index]?.NewestCapturedAtMs ?? 0, _newestFactMs[index]);

    /// <summary>The score of a segment with evidence as it is now; shows it to nobody.</summary>
    public SegmentScore Peek(int index) => method.Score(_evidence[index]!, network.Version, AsOfMs(index));

    /// <summary>The work order that brought a truck to a segment, as far as it is known by now.</summary>
    public OrderId? OrderOf(MatchedObservation pass) => _evidence[pass.Observation.SegmentIndex]?.OrderOf(pass.Truck, pass.Observation.EnteredAtMs, ViewRule.Default);

    /// <summary>Computes every segment that changed since the last call, as of its newest evidence.</summary>
    public List<SegmentScore> Rescore()
    {
        var changed = new List<SegmentScore>(_dirty.Count);
        foreach (var index in _dirty)
        {
            changed.Add(Score(index, AsOfMs(index)));
            _isDirty[index] = false;
        }

        _dirty.Clear();
        return changed;
    }

    /// <summary>Computes every segment with evidence as of <paramref name="asOfMs"/>; answers those that look different now.</summary>
    public List<SegmentScore> Sweep(long asOfMs) =>
        Fade(asOfMs, LooksDifferent);

    /// <summary>After a start: answers what has faded out of sight, or into it, while nobody swept. The numbers of the rest follow with the next sweep.</summary>
    public List<SegmentScore> SweepStates(long asOfMs) => Fade(asOfMs, static (before, now) => before.State != now.State);

    private List<SegmentScore> Fade(long asOfMs, Func<SegmentScore, SegmentScore, bool> differ)
    {
        var faded = new List<SegmentScore>();
        for (var index = 0; index < _evidence.Length; index++)
        {
            if (_evidence[index] is not null && asOfMs > AsOfMs(index))
            {
                var before = board[index];
                var now = method.Score(_evidence[index]!, network.Version, asOfMs);
                if (before is null || differ(before, now))
                {
                    Show(index, now, asOfMs);
                    faded.Add(now);
                }
            }
        }

        return faded;
    }

    /// <summary>Copies of the evidence of some segments.</summary>
    public Dictionary<SegmentId, SegmentEvidence> Copy(IReadOnlyCollection<int> segments)
    {
        var copies = new Dictionary<SegmentId, SegmentEvidence>(segments.Count);
        foreach (var index in segments)
        {
            if (_evidence[index] is { } evidence)
            {
                copies[evidence.SegmentId] = evidence.Copy();
            }
        }

        return copies;
    }

    /// <summary>Copies of all evidence and of all passes on trial, by the segment's number.</summary>
    public DetectorViews CopyForDetectors() => new(
        [.. _evidence.Select(evidence => evidence?.Copy())], _trials.ToDictionary(trials => trials.Key, trials => trials.Value.Copy()));

    public ScoreExplanation? Explain(ExplainWork work) => network.TryFind(work.Segment, out var segment)
        ? method.Explain(
            _evidence[segment.Index] ?? new SegmentEvidence(segment.Id, segment.LengthMetres),
            network.Version,
            work.AsOfMs ?? board[segment.Index]?.AsOf.ToUnixTimeMilliseconds() ?? AsOfMs(segment.Index),
            work.Passes)
        : null;

    // The mere time is no difference.
    private static bool LooksDifferent(SegmentScore a, SegmentScore b) =>
        a.State != b.State || a.Grade != b.Grade || a.Index != b.Index || a.Low != b.Low || a.High != b.High ||
        a.SampleSize != b.SampleSize || a.Coverage != b.Coverage;

    private SegmentScore Score(int index, long asOfMs)
    {
        var score = method.Score(_evidence[index]!, network.Version, asOfMs);
        Show(index, score, asOfMs);
        return score;
    }

    private void Show(int index, SegmentScore score, long asOfMs) =>
        board.Set(index, score, score.PendingConfirmations > 0 ? _evidence[index]!.Pending(asOfMs) : []);

    private SegmentEvidence EvidenceOf(int index)
    {
        var segment = network.Segments[index];
        return _evidence[index] ??= new SegmentEvidence(segment.Id, segment.LengthMetres);
    }

    private TrialPasses TrialsOf(int index)
    {
        if (!_trials.TryGetValue(index, out var trials))
        {
            _trials.Add(index, trials = new TrialPasses());
        }

        return trials;
    }

    private void MarkDirty(int index)
    {
        if (!_isDirty[index])
        {
            _isDirty[index] = true;
            _dirty.Add(index);
        }
    }
}
