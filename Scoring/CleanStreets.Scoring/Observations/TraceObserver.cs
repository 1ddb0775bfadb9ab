using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.State;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Observations;

/// <summary>What became of a trace's readings beside the observations.</summary>
/// <param name="UnplacedReadings">Readings that lie nowhere on the network: off-street, outliers, or out of time order.</param>
/// <param name="DroppedPasses">Segments that were only touched, or driven too little to be an observation.</param>
/// <param name="DroppedThings">Things counted on those; they are given to no other segment.</param>
public readonly record struct TraceCounters(long UnplacedReadings, long DroppedPasses, long DroppedThings);

/// <summary>Turns the readings of one trace (a truck's session) into observations, one for each pass.</summary>
/// <remarks>
/// Readings come in order of sequence; how they were batched changes nothing. No clock, no randomness: the same readings give the
/// same observations, to the last bit. An observation is complete a few fixes after the truck has left the segment, when its way is
/// certain. One loop owns an instance; the network may be shared. Detections count once for each thing: by its track id, and without
/// one only when the truck has advanced to a new view.
/// </remarks>
public sealed class TraceObserver
{
    /// <summary>How deep <see cref="Fetch"/> goes.</summary>
    public const int FetchSteps = 4;

    private readonly MapMatcher _matcher;
    private ObservationSink _sink;

    /// <summary>Makes an observer for one trace.</summary>
    public TraceObserver(StreetNetwork network, MatchingOptions matching, ObservationOptions observations)
    {
        _matcher = new MapMatcher(network, matching);
        _sink = new ObservationSink(network, matching, observations);
    }

    /// <summary>What became of readings beside the observations.</summary>
    public TraceCounters Counters => _sink.Counters;

    /// <summary>Adds the next reading; observations that it completes are added to <paramref name="completed"/>.</summary>
    /// <param name="reading">The reading. One with a fault is ignored.</param>
    /// <param name="detections">What it saw.</param>
    /// <param name="sequence">Its sequence in the session.</param>
    /// <param name="envelope">What its batch says for all its readings; the batch's own sequence is not looked at.</param>
    /// <param name="completed">Receives observations.</param>
    public void Add(
        in Reading reading, ReadOnlySpan<Detection> detections, long sequence, in BatchEnvelope envelope, List<Observation> completed)
    {
        if (reading.Fault != QuarantineReason.None)
        {
            return;
        }

        _sink.Completed = completed;
        _sink.Enqueue(reading, detections, sequence, envelope);
        _matcher.Add(
            reading.CapturedAtMs,
            new GeoPoint(reading.Latitude, reading.Longitude),
            reading.AccuracyMetres,
            reading.HeadingDegrees,
            reading.SpeedMetresPerSecond,
            ref _sink);
    }

    /// <summary>Looks at what the next reading will need, one pointer deeper with each step, and changes nothing.</summary>
    /// <param name="step">From 0 to <see cref="FetchSteps"/> − 1.</param>
    /// <returns>Nothing of meaning; to be added up, so that the looks are really taken.</returns>
    /// <remarks>Where each reading is another truck's, its state is seldom in the processor's cache. Steps taken for several traces by turns let their waits for memory overlap.</remarks>
    public long Fetch(int step) => step switch
    {
        0 => _matcher is null ? 1 : 0,
        _ => _matcher.Fetch(step - 1) + _sink.Fetch(step - 1),
    };

    /// <summary>Writes down everything that a later reading depends on.</summary>
    public void Save(StateWriter state)
    {
        _matcher.Save(state);
        _sink.Save(state);
    }

    /// <summary>Takes over what was saved. The observer must be new, of the same network and the same options.</summary>
    /// <exception cref="StateException">The bytes are not what <see cref="Save"/> wrote.</exception>
    public void Load(ref StateReader state)
    {
        _matcher.Load(ref state);
        _sink.Load(ref state);
    }

    /// <summary>Ends what is open, after a hole in the sequences or at the end of the session: everything pending is decided.</summary>
    public void Break(List<Observation> completed)
    {
        _sink.Completed = completed;
        _matcher.Break(ref _sink);
    }
}
