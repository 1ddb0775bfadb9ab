namespace CleanStreets.Edge.Aim;

/// <summary>What the page wants changed of the mounting; absent: as it is.</summary>
internal sealed record MountingWish
{
    /// <summary>Height of the lens, metres.</summary>
    public double? HeightMetres { get; init; }

    /// <summary>How far it looks down, degrees.</summary>
    public double? PitchDegrees { get; init; }

    /// <summary>How far it is turned clockwise about its own axis, degrees.</summary>
    public double? RollDegrees { get; init; }

    /// <summary>How far it looks to the right, degrees.</summary>
    public double? YawDegrees { get; init; }

    /// <summary>How far right of the truck's middle it sits, metres.</summary>
    public double? RightMetres { get; init; }

    /// <summary>Angle between the left and the right edge of the picture, degrees.</summary>
    public double? HorizontalFieldOfViewDegrees { get; init; }

    /// <summary>The left kerb from the truck's middle, metres; 0: not this camera's.</summary>
    public double? LeftKerbMetres { get; init; }

    /// <summary>The right kerb.</summary>
    public double? RightKerbMetres { get; init; }

    /// <summary>Where the truck's own body begins, share of the picture's height from its top; 1: nowhere.</summary>
    public double? BodyBelow { get; init; }
}

/// <summary>A mark that the page wants set.</summary>
/// <param name="X">Share of the picture's width.</param>
/// <param name="Y">Share of its height.</param>
/// <param name="DistanceMetres">From under the lens; absent: the horizon.</param>
internal sealed record MarkWish(double X, double Y, double? DistanceMetres = null);

/// <summary>The code that the page was given.</summary>
/// <param name="Code">As typed.</param>
internal sealed record CodeWish(string Code);

/// <summary>Who accepts.</summary>
/// <param name="Technician">Name.</param>
/// <param name="Remark">Why it is accepted although a check failed.</param>
internal sealed record AcceptWish(string Technician, string? Remark = null);
