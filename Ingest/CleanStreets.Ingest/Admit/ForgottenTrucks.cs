using CleanStreets.Contracts;
using CleanStreets.Scoring.State;

namespace CleanStreets.Ingest.Admit;

/// <summary>What is still known of trucks that had to give up their place, the newest few: so that one can come back and nothing counts again.</summary>
/// <remarks>
/// Bounded by sessions, twice: established trucks have room of their own, which no invented name can take. Among the others those of which nothing
/// was ever accepted go first, because nothing of them could count again; then who left longest ago. Of those that had to go one time is kept:
/// until when they may have counted. By name, not by a hash of it: a stranger must find no name that stands for another's.
/// </remarks>
internal sealed class ForgottenTrucks(int capacity)
{
    private readonly Dictionary<TruckId, LinkedListNode<TruckAdmission>> _trucks = [];
    private readonly LinkedList<TruckAdmission> _unproven = [];
    private readonly LinkedList<TruckAdmission> _probation = [];
    private readonly LinkedList<TruckAdmission> _established = [];
    private int _ofOthers;
    private int _ofEstablished;

    /// <summary>Trucks without a place of which is still known what they sent, who left longest ago first within each list.</summary>
    public IEnumerable<TruckAdmission> Trucks => _unproven.Concat(_probation).Concat(_established);

    public int Count => _trucks.Count;

    /// <summary>Trucks of which something had been accepted and that had to go from here too.</summary>
    public long Dropped { get; private set; }

    /// <summary>A truck of which nothing is known may have been heard up to then, milliseconds since 1970 UTC; 0: none had to go.</summary>
    public long UnsureThroughMs { get; private set; }

    public bool TryFind(TruckId id, out TruckAdmission truck)
    {
        var found = _trucks.TryGetValue(id, out var node);
        truck = node?.Value!;
        return found;
    }

    /// <summary>Takes over a truck that gave up its place; the oldest ones go when it is too much.</summary>
    public void Add(TruckAdmission truck)
    {
        truck.Compact();
        if (!_trucks.TryAdd(truck.Id, new LinkedListNode<TruckAdmission>(truck)))
        {
            throw new StateException($"Truck {truck.Id} gave up its place twice.");
        }

        ListOf(truck).AddLast(_trucks[truck.Id]);
        Weigh(truck, 1);
        while (_ofEstablished > capacity)
        {
            Drop(_established.First!.Value);
        }

        while (_ofOthers > capacity)
        {
            Drop((_unproven.First ?? _probation.First)!.Value);
        }
    }

    /// <summary>The truck has a place again: it goes on as it left.</summary>
    public TruckAdmission? Take(TruckId id)
    {
        if (_trucks.Remove(id, out var node))
        {
            node.List!.Remove(node);
            Weigh(node.Value, -1);
        }

        return node?.Value;
    }

    public void Save(StateWriter state)
    {
        foreach (var truck in Trucks)
        {
            state.Number(AdmissionItems.ForgottenTruck);
            truck.Save(state);
            state.EndItem();
        }

        if (UnsureThroughMs > 0)
        {
            state.Number(AdmissionItems.Unsure);
            state.Number(UnsureThroughMs);
            state.EndItem();
        }
    }

    public void LoadUnsure(ref StateReader state) => UnsureThroughMs = Math.Max(UnsureThroughMs, state.Number());

    private void Drop(TruckAdmission truck)
    {
        Take(truck.Id);
        if (truck.Accepted > 0)
        {
            Dropped++;
            UnsureThroughMs = Math.Max(UnsureThroughMs, truck.LastReceivedAtMs);
        }
    }

    private void Weigh(TruckAdmission truck, int sign)
    {
        var sessions = sign * Math.Max(1, truck.SessionCount);
        if (truck.IsEstablished)
        {
            _ofEstablished += sessions;
        }
        else
        {
            _ofOthers += sessions;
        }
    }

    private LinkedList<TruckAdmission> ListOf(TruckAdmission truck) => truck.IsEstablished ? _established : truck.Accepted > 0 ? _probation : _unproven;
}
