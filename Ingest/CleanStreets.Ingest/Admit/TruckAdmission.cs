using CleanStreets.Contracts;
using CleanStreets.Scoring.State;

namespace CleanStreets.Ingest.Admit;

/// <summary>The sessions of one truck: a bounded number with their ranges, and the mere ids of older ones.</summary>
internal sealed class TruckAdmission(TruckId id, AdmissionOptions options, long unsureThroughMs = 0)
{
    private readonly Dictionary<SessionId, SessionAdmission> _sessions = [];
    private readonly HashSet<ulong> _forgotten = [];
    private readonly Queue<ulong> _forgottenInOrder = [];
    private SessionAdmission? _askedLast; // A message asks more than once, and the next one is mostly of the same session.

    public TruckId Id { get; } = id;

    public Dictionary<SessionId, SessionAdmission>.ValueCollection Sessions => _sessions.Values;

    public int SessionCount => _sessions.Count;

    /// <summary>Readings of this truck that were accepted, ever.</summary>
    public long Accepted { get; private set; }

    public long LastReceivedAtMs { get; private set; }

    /// <summary>Readings taken up to then may have been counted in a session that is forgotten, milliseconds since 1970 UTC; 0: there was none.</summary>
    public long UnsureThroughMs { get; private set; } = unsureThroughMs;

    /// <summary>Has sent so much that an invented name does not push it out; see <see cref="TruckRoster"/>.</summary>
    public bool IsEstablished => Accepted >= options.EstablishedReadings;

    /// <summary>Whether no session is open.</summary>
    public bool IsClosed
    {
        get
        {
            foreach (var session in _sessions.Values)
            {
                if (!session.Closed)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>More sessions than the settings allow: they were lowered, and these are kept until they can be forgotten.</summary>
    public bool IsAboveBound => _sessions.Count > options.SessionsPerTruck;

    /// <summary>A message of it was journalled.</summary>
    public void Heard(int accepted, long receivedAtMs)
    {
        Accepted += accepted;
        LastReceivedAtMs = receivedAtMs;
    }

    public bool TryFind(SessionId session, out SessionAdmission found)
    {
        if (_askedLast is null || _askedLast.Id != session)
        {
            if (!_sessions.TryGetValue(session, out found!))
            {
                return false;
            }

            _askedLast = found;
        }

        found = _askedLast;
        return true;
    }

    /// <summary>Whether a session that is not known may be opened: not when it was forgotten, not when all places are taken by open ones.</summary>
    public bool MayOpen(SessionId session) =>
        !_forgotten.Contains(IdHash.Of(session)) && (_sessions.Count < options.SessionsPerTruck || ClosedLongest() is not null);

    /// <summary>Opens a session; ask <see cref="MayOpen"/> before a live one. What is replayed had its place when it came, and gets one beyond the bound where the settings have been lowered since.</summary>
    /// <param name="session">Its id.</param>
    /// <param name="mark">What is known to be settled of it from an earlier time; 0 when nothing is.</param>
    public SessionAdmission Open(SessionId session, long mark = 0)
    {
        while (_sessions.Count >= options.SessionsPerTruck && ClosedLongest() is { } closed)
        {
            Forget(closed);
        }

        var opened = mark > 0 ? SessionAdmission.Resumed(Id, session, mark) : new SessionAdmission(Id, session) { UnsureThroughMs = UnsureThroughMs };
        _sessions.Add(session, opened);
        return opened;
    }

    /// <summary>The truck gives up its place: of its sessions few ranges each are kept, and of those that were forgotten only until when they may have counted.</summary>
    public void Compact()
    {
        foreach (var session in _sessions.Values)
        {
            session.Compact();
        }

        if (_forgotten.Count > 0)
        {
            UnsureThroughMs = Math.Max(UnsureThroughMs, LastReceivedAtMs);
            _forgotten.Clear();
            _forgotten.TrimExcess();
            _forgottenInOrder.Clear();
            _forgottenInOrder.TrimExcess();
        }
    }

    private void Forget(SessionAdmission session)
    {
        _askedLast = null;
        _sessions.Remove(session.Id);
        Remember(IdHash.Of(session.Id));
    }

    private void Remember(ulong hash)
    {
        if (options.ForgottenSessionsPerTruck > 0 && _forgotten.Add(hash))
        {
            _forgottenInOrder.Enqueue(hash);
            if (_forgottenInOrder.Count > options.ForgottenSessionsPerTruck)
            {
                _forgotten.Remove(_forgottenInOrder.Dequeue());
            }
        }
    }

    private SessionAdmission? ClosedLongest()
    {
        SessionAdmission? longest = null;
        foreach (var session in _sessions.Values)
        {
            if (session.Closed && (longest is null || IsBefore(session, longest)))
            {
                longest = session;
            }
        }

        return longest;
    }

    // The id decides between equal times: a dictionary's order must never reach what replay has to repeat.
    private static bool IsBefore(SessionAdmission a, SessionAdmission b) =>
        a.LastReceivedAtMs != b.LastReceivedAtMs
            ? a.LastReceivedAtMs < b.LastReceivedAtMs
            : string.CompareOrdinal(a.Id.Value, b.Id.Value) < 0;

    public void Save(StateWriter state)
    {
        state.Text(Id.Value);
        state.Number(Accepted);
        state.Number(LastReceivedAtMs);
        state.Number(_sessions.Count);
        foreach (var session in _sessions.Count == 1 ? _sessions.Values : (IEnumerable<SessionAdmission>)_sessions.Values.OrderBy(s => s.Id.Value, StringComparer.Ordinal))
        {
            session.Save(state);
        }

        state.Number(_forgottenInOrder.Count);
        foreach (var hash in _forgottenInOrder)
        {
            state.Number((long)hash);
        }

        state.Number(UnsureThroughMs);
    }

    /// <summary>Takes over what was saved, under whatever settings: sessions beyond the bound are kept, of forgotten ones the newest.</summary>
    public static TruckAdmission Load(ref StateReader state, AdmissionOptions options)
    {
        var id = TruckId.TryCreate(state.RequiredText(), out var valid) ? valid : throw new StateException("A truck has no valid id.");
        var truck = new TruckAdmission(id, options) { Accepted = state.Number(), LastReceivedAtMs = state.Number() };
        for (var left = state.Count(); left > 0; left--)
        {
            var session = SessionAdmission.Load(ref state, id);
            truck._sessions[session.Id] = session;
        }

        for (var left = state.Count(); left > 0; left--)
        {
            truck.Remember((ulong)state.Number());
        }

        truck.UnsureThroughMs = state.Version >= SessionAdmission.KnowsWhatIsUnsure ? state.Number() : 0;

        return truck;
    }
}
