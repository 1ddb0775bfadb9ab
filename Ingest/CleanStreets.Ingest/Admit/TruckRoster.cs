using CleanStreets.Contracts;
using CleanStreets.Scoring.State;

namespace CleanStreets.Ingest.Admit;

/// <summary>The trucks that admission knows, a bounded number, and who gives up a place when a new one comes.</summary>
/// <remarks>
/// A truck is on probation until it has sent so much that its name is hardly invented. When all places are taken, the one on probation
/// that was silent longest makes room, once its sessions are closed; an established one only after weeks of silence. Of a truck that had to
/// go the marks are kept, so that it can come back and nothing up to them counts again. Time is that of the journalled messages, so replay
/// decides the same.
/// </remarks>
internal sealed class TruckRoster(AdmissionOptions options)
{
    private readonly Dictionary<TruckId, LinkedListNode<TruckAdmission>> _trucks = [];
    private readonly LinkedList<TruckAdmission> _probation = [];
    private readonly LinkedList<TruckAdmission> _established = [];
    private readonly ForgottenMarks _forgotten = new(options.ForgottenMarks);

    /// <summary>Each list from the truck that was silent longest to the one just heard.</summary>
    public IEnumerable<TruckAdmission> Trucks => _probation.Concat(_established);

    /// <summary>Nine tenths of the places are taken: who is on probation may not stay silent for long.</summary>
    public bool IsCrowded => _trucks.Count >= options.Trucks - (options.Trucks / 10);

    public bool TryFind(TruckId id, out TruckAdmission truck)
    {
        var found = _trucks.TryGetValue(id, out var node);
        truck = node?.Value!;
        return found;
    }

    /// <summary>What is still known of a session whose truck gave up its place.</summary>
    public long MarkOf(TruckId truck, SessionId session) => _forgotten.Count == 0 ? 0 : _forgotten[IdHash.Of(truck, session)];

    /// <summary>Whether one more truck finds a place at this moment.</summary>
    public bool HasRoom(long nowMs) => _trucks.Count < options.Trucks || Leaver(nowMs) is not null;

    /// <summary>Trucks more than the settings allow: they were lowered, and these are kept until one may go.</summary>
    public int AboveBound => Math.Max(0, _trucks.Count - options.Trucks);

    /// <summary>Marks of trucks without a place that were saved and do not fit any more.</summary>
    public int MarksDropped => _forgotten.Dropped;

    /// <summary>Gives a place to a new truck; ask <see cref="HasRoom"/> before a live one. A replayed one had its place when it came, and gets one beyond the bound where the settings have been lowered since.</summary>
    public TruckAdmission Add(TruckId id, long nowMs)
    {
        while (_trucks.Count >= options.Trucks && Leaver(nowMs) is { } leaver)
        {
            Forget(leaver);
        }

        var truck = new TruckAdmission(id, options);
        _trucks.Add(id, _probation.AddLast(truck));
        return truck;
    }

    /// <summary>A message of the truck was journalled.</summary>
    public void Heard(TruckAdmission truck, int settled, long receivedAtMs)
    {
        truck.Heard(settled, receivedAtMs);
        var list = truck.IsEstablished ? _established : _probation;
        var node = _trucks[truck.Id];
        if (!ReferenceEquals(list.Last, node))
        {
            node.List!.Remove(node);
            list.AddLast(node);
        }
    }

    public void Save(StateWriter state, long truckTag, long markTag)
    {
        foreach (var truck in Trucks)
        {
            state.Number(truckTag);
            truck.Save(state);
            state.EndItem();
        }

        _forgotten.Save(state, markTag);
    }

    public void LoadTruck(ref StateReader state)
    {
        var truck = TruckAdmission.Load(ref state, options);
        if (!_trucks.TryAdd(truck.Id, new LinkedListNode<TruckAdmission>(truck)))
        {
            throw new StateException($"Truck {truck.Id} is there twice.");
        }

        (truck.IsEstablished ? _established : _probation).AddLast(_trucks[truck.Id]);
    }

    public void LoadMarks(ref StateReader state) => _forgotten.Load(ref state);

    private TruckAdmission? Leaver(long nowMs) =>
        _probation.First?.Value is { IsClosed: true } invented ? invented
        : _established.First?.Value is { IsClosed: true } old && nowMs - old.LastReceivedAtMs >= (long)options.EstablishedQuiet.TotalMilliseconds ? old
        : null;

    private void Forget(TruckAdmission truck)
    {
        foreach (var session in truck.Sessions.OrderBy(s => s.Id.Value, StringComparer.Ordinal))
        {
            _forgotten.Add(IdHash.Of(truck.Id, session.Id), session.StoredThrough);
        }

        _trucks.Remove(truck.Id, out var node);
        node!.List!.Remove(node);
    }
}
