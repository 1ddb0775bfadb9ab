using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.Observations;
using CleanStreets.Scoring.State;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Ingest.Match;

/// <summary>Owns the open traces. Traces of different trucks never meet, so several matchers may divide the trucks among them.</summary>
internal sealed class TraceMatcher(
    StreetNetwork network, MatchingOptions matching, ObservationOptions observing, MatchStageOptions options)
{
    /// <summary>Messages whose traces are fetched together: what that touches fits into the nearest cache.</summary>
    private const int AheadMessages = 16;

    /// <summary>Open traces from which on their state does not lie in the cache anyway: some kilobytes each.</summary>
    private const int ManyTraces = 256;

    private readonly Trace?[] _ahead = new Trace?[AheadMessages];
    private readonly Trace[] _toFetch = new Trace[AheadMessages];
    private readonly Dictionary<(TruckId Truck, SessionId Session), Trace> _traces = [];
    private readonly List<Observation> _completed = [];
    private readonly List<MatchedObservation> _matched = [];
    private (TruckId Truck, SessionId Session) _lastKey;
    private Trace? _lastTrace;
    private bool _isTrial;

    /// <summary>Of no meaning; see <see cref="TraceObserver.Fetch"/>.</summary>
    public long Fetched { get; private set; }

    public int OpenTraces => _traces.Count;

    /// <summary>Open traces of a snapshot that were dropped, because a time in them lies outside of the calendar: an earlier version let it in.</summary>
    public List<(TruckId Truck, SessionId Session)> Dropped { get; } = [];

    public void Save(StateWriter state)
    {
        // In order of their names, so that equal states have equal bytes.
        foreach (var ((truck, session), trace) in _traces.OrderBy(item => item.Key.Truck.Value, StringComparer.Ordinal)
            .ThenBy(item => item.Key.Session.Value, StringComparer.Ordinal))
        {
            state.Text(truck.Value);
            state.Text(session.Value);
            trace.Save(state);
            state.EndItem();
        }
    }

    /// <summary>Takes over one item of what was saved: one open trace. One with a time that cannot be is dropped: no pass could be made of it.</summary>
    /// <exception cref="StateException">The bytes are not what was saved, or were saved for another network; this matcher is of no use any more.</exception>
    public void Load(ref StateReader state)
    {
        if (!TruckId.TryCreate(state.RequiredText(), out var truck) || !SessionId.TryCreate(state.RequiredText(), out var session))
        {
            throw new StateException("A trace has no valid id.");
        }

        var trace = NewTrace(start: 0);
        var impossible = state.ImpossibleMoments;
        trace.Load(ref state);
        if (state.ImpossibleMoments > impossible)
        {
            Dropped.Add((truck, session));
            return;
        }

        _traces[(truck, session)] = trace;
    }

    /// <summary>Takes one batch; its readings are not needed any more afterwards.</summary>
    public MatchedBatch Match(IngestBatch batch)
    {
        var matched = new MatchedBatch
        {
            Marker = batch.Marker,
            Replayed = batch.Replayed,
            ThroughPosition = batch.ThroughPosition,
            HasFollower = batch.HasFollower,
            Snapshot = batch.Snapshot,
        };
        var messages = batch.Messages;
        for (var i = 0; i < messages.Length; i++)
        {
            if (i % AheadMessages == 0)
            {
                LookAhead(messages[i..Math.Min(messages.Length, i + AheadMessages)]);
            }

            ref var message = ref messages[i];

            // Only what stands in the journal changes state.
            if (message.Position < 0 || message.Reason != QuarantineReason.None)
            {
                continue;
            }

            switch (message.Kind)
            {
                case MessageKind.Fact:
                    matched.Facts.Add(new MatchedFact(message.Fact!, message.Position, message.ReceivedAtMs));
                    break;
                case MessageKind.SessionClosed:
                    Close(in message);
                    break;
                case MessageKind.MappingChange:
                    break;
                default:
                    Add(batch, in message, _ahead[i % AheadMessages]);
                    break;
            }

            Take(in message);
        }

        matched.Observations.AddRange(_matched);
        _matched.Clear();
        return matched;
    }

    private void Add(IngestBatch batch, in IngestMessage message, Trace? known)
    {
        if (message.TraceStart < 0)
        {
            return;
        }

        var trace = known ?? TraceOf(in message);
        trace.Note(in message.Envelope);
        _isTrial = trace.IsTrial;
        trace.GiveUpBelow(message.Envelope.OldestSequence, _completed);
        var readings = batch.ReadingsOf(in message);
        var verdicts = batch.VerdictsOf(in message);
        for (var i = 0; i < readings.Length; i++)
        {
            ref readonly var reading = ref readings[i];
            var sequence = message.Envelope.FirstSequence + i;
            if (verdicts[i].IsAccepted && ReadingLimits.IsTimeOfCapture(reading.CapturedAtMs))
            {
                trace.Add(in reading, batch.Readings.DetectionsOf(in reading), sequence, in message.Envelope, _completed);
            }
            else if (!verdicts[i].IsDuplicate)
            {
                // Quarantined, or accepted by an earlier version that let a far-future sentAt push the time out of the calendar.
                trace.Skip(sequence, _completed);
            }
        }
    }

    private void Close(in IngestMessage message)
    {
        _lastTrace = null;
        Array.Clear(_ahead); // One of them may be the one that ends.
        if (_traces.Remove((message.Envelope.TruckId, message.Envelope.SessionId), out var trace))
        {
            _isTrial = trace.IsTrial;
            trace.Close(_completed);
        }
    }

    private void Take(in IngestMessage message)
    {
        for (var i = 0; i < _completed.Count; i++)
        {
            _matched.Add(new MatchedObservation(_completed[i], message.Envelope.TruckId, message.Position, i, message.ReceivedAtMs, _isTrial));
        }

        _completed.Clear();
    }

    private Trace TraceOf(in IngestMessage message)
    {
        // Messages of a truck come in runs; the same id is nearly always the same string, so this compare costs nothing.
        var key = (message.Envelope.TruckId, message.Envelope.SessionId);
        if (_lastTrace is { } last && _lastKey == key)
        {
            return last;
        }

        if (!_traces.TryGetValue(key, out var trace))
        {
            _traces.Add(key, trace = NewTrace(message.TraceStart));
        }

        (_lastKey, _lastTrace) = (key, trace);
        return trace;
    }

    /// <summary>Finds the traces of the next messages, and lets what the processor's cache lacks of them come all at once instead of one after the other.</summary>
    private void LookAhead(ReadOnlySpan<IngestMessage> messages)
    {
        Array.Clear(_ahead);
        if (_traces.Count < ManyTraces)
        {
            return;
        }

        var different = 0;
        for (var i = 0; i < messages.Length; i++)
        {
            ref readonly var message = ref messages[i];
            if (message.Kind != MessageKind.Readings || message.Reason != QuarantineReason.None || message.Position < 0 || message.TraceStart < 0)
            {
                continue;
            }

            var key = (message.Envelope.TruckId, message.Envelope.SessionId);
            if (_lastTrace is { } last && _lastKey == key)
            {
                _ahead[i] = last;
            }
            else if (_traces.TryGetValue(key, out var trace))
            {
                (_lastKey, _lastTrace, _ahead[i]) = (key, trace, trace);
                _toFetch[different++] = trace;
            }
        }

        if (different > 1)
        {
            Fetched += Trace.Fetch(_toFetch.AsSpan(0, different));
        }
    }

    private Trace NewTrace(long start) => new(new TraceObserver(network, matching, observing), start, options.HoleReadings);
}
