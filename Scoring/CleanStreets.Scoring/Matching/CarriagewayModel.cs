using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Matching;

/// <summary>Tells the two carriageways of one street apart where the network does not say which way each is driven.</summary>
/// <remarks>
/// GPS cannot: carriageways lie nearer to each other than its errors reach, and an error lasts for many fixes. Traffic can: where it keeps
/// to the right, nobody drives with the other carriageway on the right-hand side. A network that names one-way streets needs no guess.
/// </remarks>
internal sealed class CarriagewayModel(StreetNetwork network, MatchingOptions options)
{
    // Nearer is the same line drawn twice or a fork; farther apart are two streets, and GPS can tell them from each other.
    private const double NearestMetres = 3;
    private const double FarthestMetres = 18;

    // The places next to the same fix lie abreast; more than this apart, one of them is a street's end.
    private const double AbreastMetres = 8;

    // Cosine of 20 degrees: carriageways run side by side.
    private const double Parallel = 0.94;

    private readonly double _weight =
        network.Segments.Any(segment => segment.OneWay) ? 0 : options.DrivesOnRight ? options.CarriagewayWeight : -options.CarriagewayWeight;

    /// <summary>Writes how much speaks against driving each of the streets near a fix along its geometry; below 0, against driving it the other way.</summary>
    public void Weigh(ReadOnlySpan<SegmentHit> hits, Span<double> against)
    {
        against.Clear();
        if (_weight == 0)
        {
            return;
        }

        for (var i = 0; i < hits.Length; i++)
        {
            bool left = false, right = false;
            for (var j = 0; j < hits.Length; j++)
            {
                var side = j == i ? 0 : SideOfTwin(hits[i], hits[j]);
                left |= side < 0;
                right |= side > 0;
            }

            // Between two others it is a middle lane, of which nothing is known.
            against[i] = left == right ? 0 : right ? _weight : -_weight;
        }
    }

    /// <summary>1 when the other street is the twin of this one on its right along its geometry, −1 on its left, 0 when it is none.</summary>
    private int SideOfTwin(in SegmentHit own, in SegmentHit other)
    {
        PlanePoint direction = network.Shapes.DirectionOf(own.Piece), otherDirection = network.Shapes.DirectionOf(other.Piece);
        if (Math.Abs((direction.X * otherDirection.X) + (direction.Y * otherDirection.Y)) < Parallel)
        {
            return 0;
        }

        PlanePoint place = network.Shapes.PlaceOn(own.Piece, own.Offset), otherPlace = network.Shapes.PlaceOn(other.Piece, other.Offset);
        double east = otherPlace.X - place.X, north = otherPlace.Y - place.Y;
        var ahead = (east * direction.X) + (north * direction.Y);
        var across = (east * direction.Y) - (north * direction.X);
        return Math.Abs(ahead) > AbreastMetres || Math.Abs(across) is < NearestMetres or > FarthestMetres ? 0 : Math.Sign(across);
    }
}
