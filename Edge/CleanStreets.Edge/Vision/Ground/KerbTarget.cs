namespace CleanStreets.Edge.Vision.Ground;

/// <summary>The kerbs that a camera is there for: the strip of street beside each, where litter lies.</summary>
internal sealed record KerbTarget
{
    /// <summary>From the truck's middle to the near kerb on its left, metres; 0: not this camera's. Absent: 3.5, unless the camera looks to the right.</summary>
    public double? LeftMetres { get; set; }

    /// <summary>The same on its right. Absent: 3.5, unless the camera looks to the left.</summary>
    public double? RightMetres { get; set; }

    /// <summary>Width of the strip at the kerb, metres.</summary>
    public double WidthMetres { get; set; } = 1;

    // Half of a street of seven metres: one lane and a parking lane.
    private const double UsualMetres = 3.5;

    // Beyond this it looks to one side.
    private const double SidewaysDegrees = 15;

    /// <summary>Distance of the kerb on one side for a camera that looks so far to the right; 0: not this camera's.</summary>
    public double Of(bool isLeft, double yawDegrees) =>
        (isLeft ? LeftMetres : RightMetres) ?? ((isLeft ? yawDegrees > SidewaysDegrees : yawDegrees < -SidewaysDegrees) ? 0 : UsualMetres);

    /// <summary>Refuses what no street has.</summary>
    /// <exception cref="VisionException">A number cannot be.</exception>
    public KerbTarget Checked() =>
        IsDistance(LeftMetres) && IsDistance(RightMetres) && WidthMetres is >= 0.2 and <= 5
            ? this
            : throw new VisionException("The camera's kerbs cannot be right: leftMetres and rightMetres are 0 (not this camera's) or 1 to 20, widthMetres is 0.2 to 5.");

    private static bool IsDistance(double? metres) => metres is null or 0 or (>= 1 and <= 20);
}
