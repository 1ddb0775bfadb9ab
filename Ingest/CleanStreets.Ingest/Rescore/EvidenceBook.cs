using CleanStreets.Contracts;
using CleanStreets.Ingest.Match;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Observations;
using CleanStreets.Scoring.State;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Ingest.Rescore;

/// <summary>The evidence of every street as a replay fills it: what <see cref="Score.ScoreKeeper"/> holds, without scores and board.</summary>
/// <param name="network">The streets.</param>
/// <param name="horizonMs">Evidence older than this weighs nothing for anybody who asks, milliseconds.</param>
/// <param name="asOfMs">The moment that will be asked about; null: the newest.</param>
internal sealed class EvidenceBook(StreetNetwork network, long horizonMs, long? asOfMs)
{
    private const int PruneEvery = 512;

    private readonly SegmentEvidence?[] _evidence = new SegmentEvidence?[network.Segments.Count];
    private readonly Dictionary<int, TrialPasses> _trials = [];
    private readonly long[] _newestFactMs = new long[network.Segments.Count];

    /// <summary>Passes taken.</summary>
    public long Passes { get; private set; }

    /// <summary>Facts taken.</summary>
    public long Facts { get; private set; }

    /// <summary>Which model versions saw what, of the passes held.</summary>
    public ModelLedger Models => new Score.DetectorViews(_evidence, _trials).ToLedger();

    /// <summary>Moment of the newest evidence, milliseconds since 1970 UTC; null without any.</summary>
    public long? NewestMs { get; private set; }

    public SegmentEvidence? this[int segmentIndex] => _evidence[segmentIndex];

    public SegmentEvidence? Of(SegmentId id) => network.TryFind(id, out var segment) ? _evidence[segment.Index] : null;

    /// <summary>The work order that brought a truck to a segment, as far as it is known by now.</summary>
    public OrderId? OrderOf(in MatchedObservation pass) => _evidence[pass.Observation.SegmentIndex]?.OrderOf(pass.Truck, pass.Observation.EnteredAtMs, ViewRule.Default);

    /// <summary>Moment of a street's newest evidence: what its live score is as of.</summary>
    public long AsOfMs(int segmentIndex) => Math.Max(_evidence[segmentIndex]?.NewestCapturedAtMs ?? 0, _newestFactMs[segmentIndex]);

    /// <summary>Adds what a replayed batch gave.</summary>
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

    /// <summary>Adds a pass.</summary>
    public void Add(in MatchedObservation matched)
    {
        var index = matched.Observation.SegmentIndex;
        if (matched.IsTrial)
        {
            TrialsOf(index).Add(matched.Observation, matched.Truck, horizonMs);
            return;
        }

        var evidence = EvidenceOf(index);
        evidence.Add(matched.Observation, matched.Truck, matched.ReceivedAtMs);
        Passes++;
        Note(index);
        if (evidence.PassCount % PruneEvery == 0)
        {
            evidence.Prune(Math.Min(asOfMs ?? long.MaxValue, AsOfMs(index)) - horizonMs);
        }
    }

    /// <summary>Adds a fact; answers the street that it is about, or null when the network has none such.</summary>
    public StreetSegment? Add(in MatchedFact matched)
    {
        Facts++;
        if (!network.TryFind(matched.Fact.SegmentId, out var segment))
        {
            return null;
        }

        EvidenceOf(segment.Index).Add(matched.Fact, matched.ReceivedAtMs);
        var at = Math.Min(matched.Fact.At.ToUnixTimeMilliseconds(), matched.ReceivedAtMs);
        _newestFactMs[segment.Index] = Math.Max(_newestFactMs[segment.Index], at);
        Note(segment.Index);
        return segment;
    }

    /// <summary>Takes over one item of a snapshot's scores.</summary>
    /// <exception cref="StateException">The bytes are not what was saved, or speak of another network.</exception>
    public void Load(ref StateReader state)
    {
        var name = state.RequiredText();
        if (name == Score.ScoreKeeper.SentItem)
        {
            EvidenceOf(Find(state.RequiredText()).Index).LoadSent(ref state);
            return;
        }

        if (name == Score.ScoreKeeper.TrialItem)
        {
            TrialsOf(Find(state.RequiredText()).Index).Load(ref state);
            return;
        }

        var segment = Find(name);
        _newestFactMs[segment.Index] = state.Number();
        var evidence = EvidenceOf(segment.Index);
        evidence.Load(ref state);
        Passes += evidence.PassCount;
        Note(segment.Index);
    }

    private TrialPasses TrialsOf(int index)
    {
        if (!_trials.TryGetValue(index, out var trials))
        {
            _trials.Add(index, trials = new TrialPasses());
        }

        return trials;
    }

    private StreetSegment Find(string name) => SegmentId.TryCreate(name, out var id) && network.TryFind(id, out var segment)
        ? segment
        : throw new StateException("A segment is not one of this network.");

    private void Note(int index) => NewestMs = Math.Max(NewestMs ?? long.MinValue, AsOfMs(index));

    private SegmentEvidence EvidenceOf(int index)
    {
        var segment = network.Segments[index];
        return _evidence[index] ??= new SegmentEvidence(segment.Id, segment.LengthMetres);
    }
}
