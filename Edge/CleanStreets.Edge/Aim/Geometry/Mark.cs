namespace CleanStreets.Edge.Aim.Geometry;

/// <summary>A place of the picture of which the technician knows how far away it is.</summary>
/// <param name="X">Share of the picture's width, from the left.</param>
/// <param name="Y">Share of its height, from the top.</param>
/// <param name="DistanceMetres">From the point on the street under the lens to it, along the street; null: it lies on the horizon.</param>
internal readonly record struct Mark(double X, double Y, double? DistanceMetres)
{
    /// <summary>Most marks at a time: more than a technician sets in ten minutes.</summary>
    public const int MaxMarks = 12;

    /// <summary>Nearest and farthest that a mark may be: nearer the tape is too coarse, farther a pixel is.</summary>
    public const double NearestMetres = 1, FarthestMetres = 60;
}
