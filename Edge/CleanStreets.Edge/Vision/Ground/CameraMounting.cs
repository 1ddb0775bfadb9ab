namespace CleanStreets.Edge.Vision.Ground;

/// <summary>How a camera sits on its truck. Measured once, at the acceptance of the installation.</summary>
internal sealed record CameraMounting
{
    /// <summary>Name of this measuring; a new one whenever the camera was moved. Stands in every batch of readings.</summary>
    public required string CalibrationId { get; set; }

    /// <summary>Height of the lens above the street, metres.</summary>
    public required double HeightMetres { get; set; }

    /// <summary>How far it looks down from the horizon, degrees.</summary>
    public required double PitchDegrees { get; set; }

    /// <summary>How far it looks to the right of the direction of travel, degrees; negative to the left.</summary>
    public double YawDegrees { get; set; }

    /// <summary>How far it is turned about its own axis, clockwise as seen from behind it, degrees: the horizon's right end then stands higher in the picture.</summary>
    public double RollDegrees { get; set; }

    /// <summary>Angle between the left and the right edge of the picture, degrees.</summary>
    public required double HorizontalFieldOfViewDegrees { get; set; }

    /// <summary>How far ahead of the position antenna the lens sits, metres; negative behind.</summary>
    public double AheadMetres { get; set; }

    /// <summary>How far right of the truck's middle the lens sits, metres; negative left.</summary>
    public double RightMetres { get; set; }

    /// <summary>What of the street is judged.</summary>
    public RegionOfInterest Region { get; set; } = new();

    /// <summary>Refuses what no truck has.</summary>
    /// <exception cref="VisionException">A number cannot be.</exception>
    public CameraMounting Checked()
    {
        Want(CalibrationId.Length > 0, "it needs a calibrationId");
        Want(HeightMetres is >= 0.3 and <= 6, "heightMetres is 0.3 to 6");
        Want(PitchDegrees is >= -20 and <= 90, "pitchDegrees is -20 to 90");
        Want(YawDegrees is >= -180 and <= 180, "yawDegrees is -180 to 180");
        Want(RollDegrees is >= -45 and <= 45, "rollDegrees is -45 to 45");
        Want(HorizontalFieldOfViewDegrees is >= 10 and <= 150, "horizontalFieldOfViewDegrees is 10 to 150");
        Want(Math.Abs(AheadMetres) <= 20 && Math.Abs(RightMetres) <= 3, "aheadMetres is within 20, rightMetres within 3");
        Want(Region is { MaxDistanceMetres: > 0 and <= 50, MaxSideMetres: > 0 and <= 30 }, "region: maxDistanceMetres is up to 50, maxSideMetres up to 30");
        Want(Region.Polygon.Count is 0 or >= 3 && Region.Polygon.All(corner => corner is [>= 0 and <= 1, >= 0 and <= 1]), "region.polygon has at least three corners [x, y], each 0 to 1");
        return this;

        static void Want(bool isTrue, string rule)
        {
            if (!isTrue)
            {
                throw new VisionException($"The camera's mounting cannot be right: {rule}.");
            }
        }
    }
}

/// <summary>What of the street a camera judges.</summary>
internal sealed record RegionOfInterest
{
    /// <summary>Farthest from the lens, metres: beyond, a piece of litter is a few pixels.</summary>
    public double MaxDistanceMetres { get; set; } = 12;

    /// <summary>Farthest to either side of the truck's middle, metres: beyond lie other people's gardens.</summary>
    public double MaxSideMetres { get; set; } = 8;

    /// <summary>Part of the picture, as corners [x, y] in shares of its width and height; empty for all of it. Leaves out the truck's own body.</summary>
    public IReadOnlyList<double[]> Polygon { get; set; } = [];

    /// <summary>Whether a place of the picture, in shares of its width and height, lies in the polygon.</summary>
    public bool Holds(double x, double y)
    {
        if (Polygon.Count == 0)
        {
            return true;
        }

        var isInside = false;
        for (int i = 0, j = Polygon.Count - 1; i < Polygon.Count; j = i++)
        {
            var (a, b) = (Polygon[i], Polygon[j]);
            if (a[1] > y != b[1] > y && x < ((b[0] - a[0]) * (y - a[1]) / (b[1] - a[1])) + a[0])
            {
                isInside = !isInside;
            }
        }

        return isInside;
    }
}
