using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Scoring.State;

namespace CleanStreets.Scoring.Index;

/// <summary>Trucks that were sent to a street because of a work order. The newest few are kept, which gives the same list in whatever order they came.</summary>
internal sealed class SentTrucks
{
    private const int Kept = 256;

    private readonly SortedSet<Sent> _sent = [];

    /// <summary>Whether any truck was ever sent; if not, nobody need ask about single passes.</summary>
    public bool IsEmpty => _sent.Count == 0;

    public void Add(Fact fact)
    {
        if (fact is { TruckId: { } truck, OrderId: { } order })
        {
            Add(new Sent(fact.At.ToUnixTimeMilliseconds(), truck.Value, order.Value));
        }
    }

    /// <summary>The work order because of which a truck entered at a moment; null when it came by itself.</summary>
    public OrderId? OrderOf(TruckId truck, long enteredAtMs, TimeSpan within)
    {
        if (_sent.Count == 0)
        {
            return null;
        }

        OrderId? order = null;
        foreach (var sent in _sent)
        {
            if (sent.AtMs > enteredAtMs)
            {
                break;
            }

            order = sent.Truck == truck.Value && enteredAtMs - sent.AtMs <= within.TotalMilliseconds ? OrderId.Parse(sent.Order) : order;
        }

        return order;
    }

    public void Prune(long beforeMs) => _sent.RemoveWhere(sent => sent.AtMs < beforeMs);

    public Sent[] Capture() => [.. _sent];

    public void TakeOver(Sent[] all) => _sent.UnionWith(all);

    /// <exception cref="StateException">The bytes are not what was saved.</exception>
    public void Load(ref StateReader state)
    {
        for (var left = state.Count(); left > 0; left--)
        {
            var (atMs, truck, order) = (state.Number(), state.RequiredText(), state.RequiredText());
            if (!TruckId.TryCreate(truck, out _) || !OrderId.TryCreate(order, out _))
            {
                throw new StateException("A truck that was sent has no valid id, or its work order has none.");
            }

            Add(new Sent(atMs, truck, order));
        }
    }

    private void Add(Sent sent)
    {
        _sent.Add(sent);
        if (_sent.Count > Kept)
        {
            _sent.Remove(_sent.Min!);
        }
    }

    internal sealed record Sent(long AtMs, string Truck, string Order) : IComparable<Sent>
    {
        public int CompareTo(Sent? other) => other is null ? 1
            : AtMs != other.AtMs ? AtMs.CompareTo(other.AtMs)
            : string.CompareOrdinal(Truck + '\n' + Order, other.Truck + '\n' + other.Order);
    }
}

/// <summary>Trucks that were sent to a segment, as it was at one moment, for another thread to write down while the owner goes on.</summary>
public sealed class SentState
{
    private readonly SentTrucks.Sent[] _sent;

    internal SentState(SentTrucks.Sent[] sent) => _sent = sent;

    /// <summary>Writes it down; <see cref="SegmentEvidence.LoadSent"/> takes it over.</summary>
    public void Save(StateWriter state)
    {
        state.Number(_sent.Length);
        foreach (var sent in _sent)
        {
            state.Number(sent.AtMs);
            state.Text(sent.Truck);
            state.Text(sent.Order);
        }
    }
}
