using CleanStreets.Contracts;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Publish;

/// <summary>Which trucks of this program have a link, and one line per outage: when the first truck is without, and when all have theirs again.</summary>
/// <remarks>Any thread. A server that restarts takes every link away at once; that is one thing that happened, not one per truck.</remarks>
internal sealed class FleetLinks(string server, TimeProvider time, ILogger logger)
{
    private readonly Lock _changing = new(); // Cold: links come and go here, readings do not pass.
    private readonly Dictionary<TruckId, bool?> _trucks = [];
    private int _connected;
    private int _away;
    private int _missed;
    private long _since;

    /// <summary>Trucks with a link.</summary>
    public int Connected => Volatile.Read(ref _connected);

    /// <summary>A truck comes on the road; its link has not been tried yet.</summary>
    public void Join(TruckId truck)
    {
        lock (_changing)
        {
            _trucks.TryAdd(truck, null);
        }
    }

    /// <summary>A truck's link came up or went away, or could not be made.</summary>
    public void Changed(TruckId truck, bool up, string detail)
    {
        lock (_changing)
        {
            if (!_trucks.TryGetValue(truck, out var was) || was == up)
            {
                return;
            }

            _trucks[truck] = up;
            Count(was, -1);
            Count(up, 1);
            if (up)
            {
                SayWhenAllAreBack(was);
            }
            else
            {
                Lost(truck, detail);
            }
        }
    }

    /// <summary>A truck leaves the road: what becomes of its link is no news.</summary>
    public void Leave(TruckId truck)
    {
        lock (_changing)
        {
            if (_trucks.Remove(truck, out var was))
            {
                Count(was, -1);
            }
        }
    }

    private void Count(bool? up, int by)
    {
        _connected += up == true ? by : 0;
        _away += up == false ? by : 0;
    }

    private void Lost(TruckId truck, string detail)
    {
        _missed++;
        if (_away == 1)
        {
            (_missed, _since) = (1, time.GetTimestamp());
            PublishLog.LinkLost(logger, truck.Value, server, detail);
        }
    }

    private void SayWhenAllAreBack(bool? was)
    {
        if (was == false && _away == 0)
        {
            PublishLog.LinksBack(logger, server, _missed, time.GetElapsedTime(_since).TotalSeconds);
        }
    }
}
