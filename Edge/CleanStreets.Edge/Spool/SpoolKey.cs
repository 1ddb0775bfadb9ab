using System.Text;
using CleanStreets.Contracts;

namespace CleanStreets.Edge.Spool;

/// <summary>Truck and session, as they stand in a frame.</summary>
internal sealed class SpoolKey
{
    public SpoolKey(string truck, string session)
    {
        Truck = TruckId.Parse(truck);
        Session = SessionId.Parse(session);
        TruckLength = truck.Length;
        Bytes = Encoding.ASCII.GetBytes(truck + session);
    }

    public TruckId Truck { get; }

    public SessionId Session { get; }

    public int TruckLength { get; }

    public byte[] Bytes { get; }
}
