using CleanStreets.Contracts;

namespace CleanStreets.Ingest.Admit;

/// <summary>The sessions of one truck: a bounded number with their ranges, and the mere ids of older ones.</summary>
internal sealed class TruckAdmission(TruckId id, AdmissionOptions options)
{
    private readonly Dictionary<SessionId, SessionAdmission> _sessions = [];
    private readonly HashSet<ulong> _forgotten = [];
    private readonly Queue<ulong> _forgottenInOrder = [];

    public IEnumerable<SessionAdmission> Sessions => _sessions.Values;

    public bool TryFind(SessionId session, out SessionAdmission found) => _sessions.TryGetValue(session, out found!);

    /// <summary>Whether a session that is not known may be opened: not when it was forgotten, not when all places are taken by open ones.</summary>
    public bool MayOpen(SessionId session) =>
        !_forgotten.Contains(Hash(session)) && (_sessions.Count < options.SessionsPerTruck || ClosedLongest() is not null);

    public SessionAdmission Open(SessionId session)
    {
        if (_sessions.Count >= options.SessionsPerTruck)
        {
            Forget(ClosedLongest() ?? throw new InvalidOperationException("No session may be opened now: ask MayOpen first."));
        }

        var opened = new SessionAdmission(id, session);
        _sessions.Add(session, opened);
        return opened;
    }

    private void Forget(SessionAdmission session)
    {
        _sessions.Remove(session.Id);
        var hash = Hash(session.Id);
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

    // FNV-1a: string.GetHashCode differs from process to process, and admission must not.
    private static ulong Hash(SessionId session)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in session.Value)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        return hash;
    }
}
