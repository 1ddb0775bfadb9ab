using CleanStreets.Contracts;
using CleanStreets.Edge.Spool;

namespace CleanStreets.Edge.Simulate.Box;

/// <summary>What became of the readings of one truck, session by session, over all starts of its box in this run. Used by the simulation's loop alone.</summary>
internal sealed class BoxLedger(TruckId truck)
{
    private readonly Dictionary<SessionId, Line> _lines = [];

    /// <summary>The truck.</summary>
    public TruckId Truck => truck;

    /// <summary>Fixes whose place was not believed.</summary>
    public long FixesNotBelieved { get; set; }

    /// <summary>Seconds without a reading because the receiver had no place that could be believed.</summary>
    public long WithoutPlace { get; set; }

    /// <summary>Seconds without a reading because the time was not known.</summary>
    public long WithoutTime { get; set; }

    /// <summary>Readings stamped by a clock that no satellite had confirmed.</summary>
    public long ClockUnconfirmed { get; set; }

    /// <summary>Seconds during which the camera's watch said that something was wrong.</summary>
    public long CameraFaulty { get; set; }

    /// <summary>Sessions of this run, in order.</summary>
    public IReadOnlyList<SessionFacts> Sessions =>
        [.. _lines.Select(line => new SessionFacts(line.Key.Value, line.Value.Made, line.Value.IsCut ? line.Value.Made - line.Value.Committed : 0, line.Value.Stored))];

    /// <summary>A reading was handed to the spool.</summary>
    public void Made(SpoolSession session) => Of(session).Made++;

    /// <summary>How far a session of this run is.</summary>
    /// <param name="session">The session.</param>
    /// <param name="isCut">The power was cut: what was not on disk is gone.</param>
    public void Note(SpoolSession session, bool isCut = false)
    {
        var line = Of(session);
        line.Committed = Math.Max(line.Committed, session.CommittedThrough);
        line.Stored = Math.Max(line.Stored, session.StoredThrough);
        line.IsCut |= isCut;
    }

    /// <summary>The same of one that was found on the spool; sessions of earlier runs are not told.</summary>
    public void NoteFound(SpoolSession session)
    {
        if (_lines.ContainsKey(session.SessionId))
        {
            Note(session);
        }
    }

    private Line Of(SpoolSession session)
    {
        if (!_lines.TryGetValue(session.SessionId, out var line))
        {
            _lines.Add(session.SessionId, line = new Line());
        }

        return line;
    }

    private sealed class Line
    {
        public long Made { get; set; }

        public long Committed { get; set; }

        public long Stored { get; set; }

        public bool IsCut { get; set; }
    }
}

/// <summary>One session: compare with the line of <c>journal check</c>, which says <c>accepted 1-N</c> where <see cref="Stored"/> is N.</summary>
/// <param name="Session">The session's id.</param>
/// <param name="Made">Readings handed to the spool.</param>
/// <param name="Lost">Of these, lost in a power cut before they were on disk.</param>
/// <param name="Stored">Of these, stored by the city.</param>
internal sealed record SessionFacts(string Session, long Made, long Lost, long Stored);
