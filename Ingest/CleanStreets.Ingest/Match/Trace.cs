using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Observations;
using CleanStreets.Scoring.State;

namespace CleanStreets.Ingest.Match;

/// <summary>The readings of one truck's session, put in order of sequence and matched to the streets.</summary>
/// <remarks>
/// A reading behind a hole waits, copied, until the hole is filled. When too many wait, or the truck says that the hole is gone
/// from its spool, the trace breaks there. A reading that comes after its hole was given up has lost its place and is counted.
/// </remarks>
internal sealed class Trace(TraceObserver observer, long start, int holeReadings)
{
    /// <summary>Version of the saved state from which on it says whether a trace is a trial.</summary>
    private const int SavesTrial = 2;

    private readonly SortedList<long, HeldReading> _held = [];
    private long _next = start;

    /// <summary>A detector on trial made these readings, beside the one in use.</summary>
    public bool IsTrial { get; private set; }

    /// <summary>Readings that came too late for their place.</summary>
    public long Late { get; private set; }

    /// <summary>What a batch says of its session: once on trial, always on trial.</summary>
    public void Note(in BatchEnvelope envelope) => IsTrial |= envelope.IsTrial;

    /// <summary>Looks at what the next readings of several traces will need, step by step: see <see cref="TraceObserver.Fetch"/>.</summary>
    public static long Fetch(ReadOnlySpan<Trace> traces)
    {
        var seen = 0L;
        foreach (var trace in traces)
        {
            seen += trace._next + trace._held.Count;
        }

        for (var step = 0; step < TraceObserver.FetchSteps; step++)
        {
            foreach (var trace in traces)
            {
                seen += trace.FetchDeeper(step);
            }
        }

        return seen;
    }

    public void Add(in Reading reading, ReadOnlySpan<Detection> detections, long sequence, in BatchEnvelope envelope, List<Observation> completed)
    {
        if (sequence == _next)
        {
            observer.Add(in reading, detections, sequence, in envelope, completed);
            _next++;
            DrainHeld(completed);
        }
        else
        {
            Hold(sequence, new HeldReading(reading, detections.ToArray(), envelope), completed);
        }
    }

    /// <summary>Passes over a reading that was quarantined: its place is taken, so it is no hole.</summary>
    public void Skip(long sequence, List<Observation> completed)
    {
        if (sequence == _next)
        {
            _next++;
            DrainHeld(completed);
        }
        else
        {
            Hold(sequence, held: null, completed);
        }
    }

    /// <summary>What lies below <paramref name="oldest"/> is gone from the truck: no use in waiting for it.</summary>
    public void GiveUpBelow(long oldest, List<Observation> completed)
    {
        while (_next < oldest)
        {
            observer.Break(completed);
            _next = _held.Count > 0 ? Math.Min(oldest, _held.GetKeyAtIndex(0)) : oldest;
            DrainHeld(completed);
        }
    }

    public void Save(StateWriter state)
    {
        state.Number(_next);
        state.Number(Late);
        state.Flag(IsTrial);
        state.Number(_held.Count);
        foreach (var (sequence, held) in _held)
        {
            state.Number(sequence);
            held.Save(state);
        }

        observer.Save(state);
    }

    /// <summary>Takes over what was saved; the trace must be new.</summary>
    public void Load(ref StateReader state)
    {
        (_next, Late) = (state.Number(), state.Number());
        IsTrial = state.Version >= SavesTrial && state.Flag();
        for (var left = state.Count(); left > 0; left--)
        {
            _held.Add(state.Number(), HeldReading.Load(ref state));
        }

        observer.Load(ref state);
    }

    /// <summary>The session is over: everything that waits is used, every hole breaks the trace.</summary>
    public void Close(List<Observation> completed)
    {
        while (_held.Count > 0)
        {
            JumpToHeld(completed);
        }

        observer.Break(completed);
    }

    private long FetchDeeper(int step) => observer.Fetch(step);

    private void Hold(long sequence, HeldReading? held, List<Observation> completed)
    {
        if (sequence < _next)
        {
            Late++;
            return;
        }

        _held[sequence] = held ?? HeldReading.Nothing;
        if (_held.Count > holeReadings)
        {
            JumpToHeld(completed);
        }
    }

    private void JumpToHeld(List<Observation> completed)
    {
        observer.Break(completed);
        _next = _held.GetKeyAtIndex(0);
        DrainHeld(completed);
    }

    private void DrainHeld(List<Observation> completed)
    {
        while (_held.Count > 0 && _held.GetKeyAtIndex(0) == _next)
        {
            var held = _held.GetValueAtIndex(0);
            _held.RemoveAt(0);
            if (!held.IsNothing)
            {
                observer.Add(in held.Reading, held.Detections, _next, in held.Envelope, completed);
            }

            _next++;
        }
    }
}
