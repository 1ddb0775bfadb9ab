using CleanStreets.Contracts.Readings;

namespace CleanStreets.Edge.Simulate;

/// <summary>One thing that lies in the street and has a place: a bulky item or a pile.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Side">The segment's side.</param>
/// <param name="OffsetMetres">Where, along the segment.</param>
/// <param name="SinceMs">Since when it lies there.</param>
/// <param name="TrackId">A number of its own.</param>
internal sealed record StreetItem(string Kind, Side Side, double OffsetMetres, long SinceMs, int TrackId);

/// <summary>How one side of a segment gets dirty.</summary>
/// <param name="Litter">Pieces per 100 m² at the beginning.</param>
/// <param name="LitterPerHour">Pieces per 100 m² that come in an hour.</param>
/// <param name="Weeds">Weeds per 100 m² at the beginning; they grow too slowly to watch.</param>
internal readonly record struct StreetSide(double Litter, double LitterPerHour, double Weeds);
