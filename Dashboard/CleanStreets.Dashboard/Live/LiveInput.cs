using CleanStreets.Contracts;
using CleanStreets.Contracts.Scores;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Dashboard.Map;

namespace CleanStreets.Dashboard.Live;

/// <summary>Something that happened and that the live loop has to know.</summary>
internal abstract record LiveInput
{
    public sealed record ScoreArrived(SegmentScore Score) : LiveInput;

    public sealed record ScoreCleared(SegmentId Segment) : LiveInput;

    public sealed record TruckArrived(TruckStatus Truck) : LiveInput;

    public sealed record TruckCleared(TruckId Truck) : LiveInput;

    public sealed record StreetsLoaded(StreetMap Map) : LiveInput;

    /// <summary>Orders changed.</summary>
    /// <param name="Messages">The JSON of each changed order, by who may see it.</param>
    /// <param name="Marks">Flags of the segments concerned.</param>
    public sealed record OrdersChanged(IReadOnlyList<(Audience Audience, string Data)> Messages, IReadOnlyList<(SegmentId Segment, SegmentFlags Flags)> Marks) : LiveInput;

    public sealed record ClientJoined(LiveClient Client) : LiveInput;

    public sealed record ClientLeft(LiveClient Client) : LiveInput;

    public sealed record Tick : LiveInput;
}
