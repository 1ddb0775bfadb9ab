using System.Runtime.InteropServices;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Observations;
using CleanStreets.Scoring.State;

namespace CleanStreets.Scoring.Index;

/// <summary>Everything known about one street segment: passes, and what people established.</summary>
/// <remarks>
/// Adding commutes: in whatever order and batches passes and facts arrive, every method computes the same numbers from it, to the last bit,
/// because it holds integers and sums them by UTC hour of capture before anything is weighed. A fact added twice counts once; a pass must be
/// added once (admission sees to that). One owner at a time; no locks.
/// </remarks>
public sealed class SegmentEvidence
{
    private readonly List<PassEvidence> _passes = [];
    private readonly PileQueue _piles;
    private readonly TruckPlaces _trucks = new();
    private HourLedger? _ledger;
    private ViewLedger? _views;
    private PassTallies? _tallies;
    private (long LeftMs, long RightMs)? _newestSeen;

    /// <summary>Evidence of a segment that nobody has passed yet.</summary>
    /// <param name="segmentId">The segment.</param>
    /// <param name="lengthMetres">Its length.</param>
    public SegmentEvidence(SegmentId segmentId, double lengthMetres)
        : this(segmentId, lengthMetres, new PileQueue())
    {
    }

    private SegmentEvidence(SegmentId segmentId, double lengthMetres, PileQueue piles) =>
        (SegmentId, LengthMetres, _piles) = (segmentId, lengthMetres, piles);

    /// <summary>The segment.</summary>
    public SegmentId SegmentId { get; }

    /// <summary>Its length.</summary>
    public double LengthMetres { get; }

    /// <summary>Passes held.</summary>
    public int PassCount => _passes.Count;

    /// <summary>Capture time of the newest pass (when it left), milliseconds since 1970 UTC; null before the first.</summary>
    public long? NewestCapturedAtMs { get; private set; }

    /// <summary>Passes by the time they entered.</summary>
    internal ReadOnlySpan<PassEvidence> Passes => CollectionsMarshal.AsSpan(_passes);

    /// <summary>Who drove each pass, by place.</summary>
    internal TruckPlaces Trucks => _trucks;

    internal CleaningResets Resets { get; } = new();

    internal PileQueue Piles => _piles;

    internal SentTrucks Sent { get; private init; } = new();

    /// <summary>The work order because of which a truck came; null when it came by itself, or when nobody knows yet that it was sent.</summary>
    /// <param name="truck">The truck.</param>
    /// <param name="enteredAtMs">When it entered, milliseconds since 1970 UTC.</param>
    /// <param name="rule">How long after it was sent its passes are those of the order.</param>
    public OrderId? OrderOf(TruckId truck, long enteredAtMs, ViewRule rule) => Sent.OrderOf(truck, enteredAtMs, rule.SentWithin);

    /// <summary>Adds what a pass saw.</summary>
    /// <param name="observation">The pass.</param>
    /// <param name="truck">Who drove it.</param>
    /// <param name="arrivedAtMs">When it was known to the city, milliseconds since 1970 UTC; null when nobody knows. Changes no score.</param>
    /// <exception cref="ArgumentException">The pass is of another segment.</exception>
    public void Add(Observation observation, TruckId truck, long? arrivedAtMs = null)
    {
        if (observation.SegmentId != SegmentId)
        {
            throw new ArgumentException($"A pass of {observation.SegmentId} is no evidence of {SegmentId}.", nameof(observation));
        }

        var pass = PassEvidence.Of(observation, truck, arrivedAtMs);
        var at = PlaceOf(pass);
        _passes.Insert(at, pass);
        _trucks.Insert(at, pass.Truck);
        _ledger?.Add(pass);
        _views?.Insert(at, Passes, _trucks);
        _tallies?.Insert(at, pass);
        _newestSeen = _newestSeen is { } seen ? Newest(seen, pass) : null;
        _piles.Add(observation, truck);
        NewestCapturedAtMs = Math.Max(NewestCapturedAtMs ?? long.MinValue, observation.LeftAtMs);
    }

    /// <summary>Adds what a person or a later pass established. A claimed cleaning changes nothing.</summary>
    /// <remarks>A verified cleaning sets aside what was captured before <see cref="Fact.At"/>, on its side or on all: give it the time of the cleaning, not of the pass that verified it.</remarks>
    /// <param name="fact">The fact.</param>
    /// <param name="arrivedAtMs">When it was known to the city, milliseconds since 1970 UTC; null when nobody knows. Changes no score.</param>
    /// <exception cref="ArgumentException">The fact is about another segment.</exception>
    public void Add(Fact fact, long? arrivedAtMs = null)
    {
        if (fact.SegmentId != SegmentId)
        {
            throw new ArgumentException($"A fact about {fact.SegmentId} is no evidence of {SegmentId}.", nameof(fact));
        }

        switch (fact.Kind)
        {
            case FactKind.CleaningVerified:
                Resets.Add(fact.At.ToUnixTimeMilliseconds(), fact.Side, arrivedAtMs);
                break;
            case FactKind.DetectionConfirmed or FactKind.DetectionRefused:
                _piles.Add(fact);
                break;
            case FactKind.TruckSent:
                Sent.Add(fact);
                break;
            default:
                break; // A claim is not evidence.
        }
    }

    /// <summary>Finds that wait for a person at <paramref name="asOfMs"/>, newest first.</summary>
    /// <param name="asOfMs">The moment.</param>
    /// <param name="days">Days after which a find that nobody judged is forgotten.</param>
    public IReadOnlyList<PendingConfirmation> Pending(long asOfMs, double days = 30) =>
        [.. _piles.Pending(Resets, asOfMs, asOfMs - DaysToMs(days)).Select(p => new PendingConfirmation(
            p.Id,
            SegmentId,
            p.Find.Kind,
            p.Find.Side,
            DateTimeOffset.FromUnixTimeMilliseconds(p.Find.CapturedAtMs),
            p.Truck,
            p.Find.ConfidenceMilli == 0 ? null : p.Find.ConfidenceMilli / 1000.0,
            p.Find.EvidenceId))];

    /// <summary>Forgets passes, finds and answers from before <paramref name="beforeMs"/>.</summary>
    /// <remarks>Changes no score as of <see cref="CrowMethod.HorizonMs"/> later or more. The time of the newest pass stays known.</remarks>
    public void Prune(long beforeMs)
    {
        var old = _passes.FindIndex(pass => pass.EnteredAtMs >= beforeMs) is var first and >= 0 ? first : _passes.Count;
        _passes.RemoveRange(0, old);
        _trucks.RemoveFirst(old);
        (_ledger, _views, _tallies, _newestSeen) = (null, null, null, null);
        _piles.Prune(beforeMs);
        Sent.Prune(beforeMs - (long)ViewRule.Default.SentWithin.TotalMilliseconds);
    }

    /// <summary>Takes which trucks were sent here as it is now; null when none was. It is no part of <see cref="Capture"/>.</summary>
    public SentState? CaptureSent() => Sent.IsEmpty ? null : new SentState(Sent.Capture());

    /// <summary>Takes over what <see cref="SentState.Save"/> wrote.</summary>
    /// <exception cref="StateException">The bytes are not what was saved.</exception>
    public void LoadSent(ref StateReader state) => Sent.Load(ref state);

    /// <summary>Takes the evidence as it is now; what is added later is not in it.</summary>
    public EvidenceState Capture() => new([.. _passes], _piles.Capture(), Resets.Capture(), NewestCapturedAtMs);

    /// <summary>The evidence as it is now, for another thread to ask while the owner goes on. Passes never change, so they are shared.</summary>
    public SegmentEvidence Copy()
    {
        var copy = new SegmentEvidence(SegmentId, LengthMetres) { NewestCapturedAtMs = NewestCapturedAtMs };
        copy._passes.AddRange(_passes);
        copy._trucks.TakeOver(_trucks);
        copy._piles.TakeOver(_piles.Capture());
        foreach (var reset in Resets.Capture())
        {
            copy.Resets.Add(reset.AtMs, reset.Side, reset.ArrivedAtMs);
        }

        copy.Sent.TakeOver(Sent.Capture());
        return copy;
    }

    /// <summary>Takes over what was saved. The evidence must be new.</summary>
    /// <exception cref="StateException">The bytes are not what was saved.</exception>
    public void Load(ref StateReader state)
    {
        var hasPasses = state.Flag();
        var newest = state.Number();
        NewestCapturedAtMs = hasPasses ? newest : null;
        var count = state.Count();
        _passes.EnsureCapacity(count);
        for (PassEvidence? before = null; count > 0; count--)
        {
            before = PassEvidence.Load(ref state, before);
            _passes.Add(before);
            _trucks.Insert(_passes.Count - 1, before.Truck);
        }

        for (var left = state.Count(); left > 0; left--)
        {
            var (atMs, side) = (state.Number(), state.Choice<Side>());
            var arrived = state.Version >= PassEvidence.SavesArrival && state.Flag() ? state.Number() : (long?)null;
            Resets.Add(atMs, side, arrived);
        }

        _piles.Load(ref state);
    }

    /// <summary>What of this was known at a moment. Answers about finds count as known; so does what came before arrivals were kept.</summary>
    internal SegmentEvidence KnownAt(long ms)
    {
        var known = new SegmentEvidence(SegmentId, LengthMetres, _piles) { Sent = Sent };
        foreach (var pass in _passes)
        {
            if (pass.WasKnownAt(ms))
            {
                known._passes.Add(pass);
                known._trucks.Insert(known._passes.Count - 1, pass.Truck);
                known.NewestCapturedAtMs = Math.Max(known.NewestCapturedAtMs ?? long.MinValue, pass.LeftAtMs);
            }
        }

        Resets.CopyKnown(ms, known.Resets);
        return known;
    }

    /// <summary>The passes counted by hour. Kept for the method that asked last, so that two that ask by turns count anew each time.</summary>
    internal HourLedger LedgerOf(CategoryTally tally)
    {
        if (_ledger?.Tally != tally)
        {
            _ledger = new HourLedger(tally, Passes);
        }

        return _ledger;
    }

    /// <summary>What each pass counted. Kept for the method that asked last, as <see cref="LedgerOf"/> is.</summary>
    internal PassTallies TalliesOf(CategoryTally tally)
    {
        if (_tallies?.Tally != tally)
        {
            _tallies = new PassTallies(tally, Passes);
        }

        return _tallies;
    }

    /// <summary>When the newest pass that saw street on a side entered, milliseconds since 1970 UTC; <see cref="long.MinValue"/> when none did. Remembered.</summary>
    /// <param name="side">Left or right.</param>
    internal long NewestSeenMs(Side side)
    {
        if (_newestSeen is not { } newest)
        {
            newest = (long.MinValue, long.MinValue);
            foreach (var pass in _passes)
            {
                newest = Newest(newest, pass);
            }

            _newestSeen = newest;
        }

        return side == Side.Left ? newest.LeftMs : newest.RightMs;
    }

    /// <summary>Where a pass belongs: behind all that are not greater. Passes arrive nearly in order, so it is looked for from the end, in growing strides and then by halves.</summary>
    private int PlaceOf(PassEvidence pass)
    {
        var (low, high) = (_passes.Count, _passes.Count);
        for (var stride = 1; low > 0 && PassEvidence.Compare(_passes[low - 1], pass) > 0; stride *= 2)
        {
            (low, high) = (Math.Max(0, low - stride), low - 1);
        }

        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = PassEvidence.Compare(_passes[middle], pass) > 0 ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private static (long LeftMs, long RightMs) Newest((long LeftMs, long RightMs) before, PassEvidence pass) => (
        pass.Seen.Left > 0 ? Math.Max(before.LeftMs, pass.EnteredAtMs) : before.LeftMs,
        pass.Seen.Right > 0 ? Math.Max(before.RightMs, pass.EnteredAtMs) : before.RightMs);

    /// <summary>Tells a ledger which detector saw what on the passes held.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="segmentIndex">Number of the segment in the network.</param>
    public void Tell(ModelLedger ledger, int segmentIndex)
    {
        foreach (var pass in _passes)
        {
            ledger.Add(segmentIndex, pass.Look);
        }
    }

    /// <summary>Passes that entered between two moments, both inside.</summary>
    internal ReadOnlySpan<PassEvidence> Between(long fromMs, long throughMs)
    {
        var (low, high) = (0, _passes.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _passes[middle].EnteredAtMs < fromMs ? (middle + 1, high) : (low, middle);
        }

        var end = low;
        while (end < _passes.Count && _passes[end].EnteredAtMs <= throughMs)
        {
            end++;
        }

        return Passes[low..end];
    }

    /// <summary>Which passes are new views when all of them count and no cleaning parts them; null when one does. Kept for the rule asked for last.</summary>
    internal ViewLedger? ViewsOf(ViewRule rule)
    {
        if (!Resets.IsEmpty)
        {
            return null;
        }

        if (_views is null || !ReferenceEquals(_views.Rule, rule))
        {
            _views = new ViewLedger(rule, Passes, _trucks);
        }

        return _views;
    }

    internal static long DaysToMs(double days) => (long)(days * 24 * PassEvidence.MillisPerHour);
}
