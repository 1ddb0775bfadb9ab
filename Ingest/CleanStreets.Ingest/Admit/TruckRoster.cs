using CleanStreets.Contracts;
using CleanStreets.Scoring.State;

namespace CleanStreets.Ingest.Admit;

/// <summary>The trucks that admission knows, a bounded number, and who gives up a place when a new one comes.</summary>
/// <remarks>
/// A truck is on probation until so much of it was accepted that its name is hardly invented. When all places are taken, one on probation makes room,
/// once its sessions are closed: first those of which nothing was ever accepted, then who was silent longest; an established one only after weeks of
/// silence. What a truck had sent is kept when it has to go (<see cref="ForgottenTrucks"/>), so that it can come back and nothing of it counts again.
/// Time is that of the journalled messages, so replay decides the same.
/// </remarks>
internal sealed class TruckRoster(AdmissionOptions options)
{
    private readonly Dictionary<TruckId, LinkedListNode<TruckAdmission>> _trucks = [];
    private readonly LinkedList<TruckAdmission> _unproven = [];
    private readonly LinkedList<TruckAdmission> _probation = [];
    private readonly LinkedList<TruckAdmission> _established = [];
    private readonly ForgottenMarks _marks = new(options.ForgottenMarks);

    // A message is asked about several times, and messages of a truck come in runs.
    private LinkedListNode<TruckAdmission>? _askedLast;

    /// <summary>Each list from the truck that was silent longest to the one just heard.</summary>
    public IEnumerable<TruckAdmission> Trucks => _unproven.Concat(_probation).Concat(_established);

    /// <summary>Trucks that have a place.</summary>
    public int Count => _trucks.Count;

    /// <summary>Trucks that gave up their place.</summary>
    public ForgottenTrucks Forgotten { get; } = new(options.ForgottenMarks);

    /// <summary>Times a truck gave up its place since the start, the replay included.</summary>
    public long GivenUp { get; private set; }

    /// <summary>Who gave up a place since this was emptied last.</summary>
    public List<TruckId> Leavers { get; } = [];

    /// <summary>Nine tenths of the places are taken: who is on probation may not stay silent for long.</summary>
    public bool IsCrowded => _trucks.Count >= options.Trucks - (options.Trucks / 10);

    public bool TryFind(TruckId id, out TruckAdmission truck)
    {
        if (_askedLast is null || _askedLast.Value.Id != id)
        {
            if (!_trucks.TryGetValue(id, out var node))
            {
                truck = null!;
                return false;
            }

            _askedLast = node;
        }

        truck = _askedLast.Value;
        return true;
    }

    /// <summary>What version 1 of the snapshot still knew of a session whose truck gave up its place.</summary>
    public long MarkOf(TruckId truck, SessionId session) => _marks.Count == 0 ? 0 : _marks[IdHash.Of(truck, session)];

    /// <summary>Whether one more truck finds a place at this moment; null: nobody knows the time, and nobody's silence is weeks long.</summary>
    public bool HasRoom(long? nowMs) => _trucks.Count < options.Trucks || Leaver(nowMs) is not null;

    /// <summary>Trucks more than the settings allow: they were lowered, and these are kept until one may go.</summary>
    public int AboveBound => Math.Max(0, _trucks.Count - options.Trucks);

    /// <summary>Marks of trucks without a place that were saved and do not fit any more.</summary>
    public int MarksDropped => _marks.Dropped;

    /// <summary>Gives a place to a truck that has none; ask <see cref="HasRoom"/> before a live one. A replayed one had its place when it came, and gets one beyond the bound where the settings have been lowered since.</summary>
    public TruckAdmission Add(TruckId id, long nowMs)
    {
        // Taken out first: who makes room for it must not push out what is known of it.
        var truck = Forgotten.Take(id) ?? new TruckAdmission(id, options, Forgotten.UnsureThroughMs);
        while (_trucks.Count >= options.Trucks && Leaver(nowMs) is { } leaver)
        {
            Forget(leaver);
        }

        _trucks.Add(id, ListOf(truck).AddLast(truck));
        return truck;
    }

    /// <summary>A message of the truck was journalled.</summary>
    public void Heard(TruckAdmission truck, int accepted, long receivedAtMs)
    {
        truck.Heard(accepted, receivedAtMs);
        var list = ListOf(truck);
        var node = _askedLast?.Value == truck ? _askedLast : _trucks[truck.Id];
        if (!ReferenceEquals(list.Last, node))
        {
            node.List!.Remove(node);
            list.AddLast(node);
        }
    }

    public void Save(StateWriter state)
    {
        foreach (var truck in Trucks)
        {
            state.Number(AdmissionItems.Truck);
            truck.Save(state);
            state.EndItem();
        }

        _marks.Save(state, AdmissionItems.Marks);
        Forgotten.Save(state);
    }

    public void LoadTruck(ref StateReader state)
    {
        var truck = TruckAdmission.Load(ref state, options);
        if (!_trucks.TryAdd(truck.Id, new LinkedListNode<TruckAdmission>(truck)))
        {
            throw new StateException($"Truck {truck.Id} is there twice.");
        }

        ListOf(truck).AddLast(_trucks[truck.Id]);
    }

    public void LoadForgotten(ref StateReader state) => Forgotten.Add(TruckAdmission.Load(ref state, options));

    public void LoadMarks(ref StateReader state) => _marks.Load(ref state);

    // Heard last at a time that is still to come: the clock was ahead then, and the truck would keep its place until it is there again.
    private TruckAdmission? Leaver(long? nowMs) =>
        _unproven.First?.Value is { IsClosed: true } unproven ? unproven
        : _probation.First?.Value is { IsClosed: true } invented ? invented
        : _established.First?.Value is { IsClosed: true } old && nowMs is { } now && Math.Abs(now - old.LastReceivedAtMs) >= (long)options.EstablishedQuiet.TotalMilliseconds ? old
        : null;

    private void Forget(TruckAdmission truck)
    {
        _askedLast = null;
        _trucks.Remove(truck.Id, out var node);
        node!.List!.Remove(node);
        Forgotten.Add(truck);
        GivenUp++;
        Leavers.Add(truck.Id);
    }

    private LinkedList<TruckAdmission> ListOf(TruckAdmission truck) => truck.IsEstablished ? _established : truck.Accepted > 0 ? _probation : _unproven;
}
