using System.Runtime.InteropServices;
using CleanStreets.Contracts;

namespace CleanStreets.Scoring.Index;

/// <summary>The trucks of a street numbered in the order of their ids, and the number of each pass: so that nobody compares ids again and again.</summary>
internal sealed class TruckPlaces
{
    private readonly List<string> _ids = [];
    private readonly List<int> _places = [];

    /// <summary>How many numbers there are; a truck whose passes are forgotten keeps its own.</summary>
    public int Count => _ids.Count;

    /// <summary>By pass.</summary>
    public ReadOnlySpan<int> ByPass => CollectionsMarshal.AsSpan(_places);

    /// <summary>A pass was inserted.</summary>
    public void Insert(int at, TruckId truck)
    {
        var place = _ids.BinarySearch(truck.Value, StringComparer.Ordinal);
        if (place < 0)
        {
            place = ~place;
            _ids.Insert(place, truck.Value);
            foreach (ref var other in CollectionsMarshal.AsSpan(_places))
            {
                other += other >= place ? 1 : 0;
            }
        }

        _places.Insert(at, place);
    }

    /// <summary>The oldest passes were removed.</summary>
    public void RemoveFirst(int count) => _places.RemoveRange(0, count);

    /// <summary>Takes over those of the evidence that is copied; there must be none yet.</summary>
    public void TakeOver(TruckPlaces other)
    {
        _ids.AddRange(other._ids);
        _places.AddRange(other._places);
    }
}
