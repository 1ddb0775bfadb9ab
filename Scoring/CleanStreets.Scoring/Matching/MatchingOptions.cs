namespace CleanStreets.Scoring.Matching;

/// <summary>How a trace is placed on the street network.</summary>
public sealed record MatchingOptions
{
    /// <summary>Standard deviation of a position that came without accuracy. Default: 5 m, GPS on an open street.</summary>
    public double PositionSigmaMetres { get; init; } = 5;

    /// <summary>Segments within this distance of a fix are candidates. Default: 80 m, the widest error seen in a real city.</summary>
    /// <remarks>Widened to four standard deviations for a fix of poor accuracy, up to 120 m.</remarks>
    public double CandidateRadiusMetres { get; init; } = 80;

    /// <summary>Most candidate segments of a fix, nearest first; each counts in both directions. Default: 8, at most 32.</summary>
    public int MaximumCandidates { get; init; } = 8;

    /// <summary>How far a route may differ from the straight line between two fixes before it counts as unlikely. Default: 12 m.</summary>
    public double RouteSlackMetres { get; init; } = 12;

    /// <summary>Weight of the heading against the position. Default: 4, so that driving against it costs as much as a fix 6 σ away.</summary>
    public double HeadingWeight { get; init; } = 4;

    /// <summary>Below this speed a heading says nothing. Default: 2 m/s.</summary>
    public double HeadingFromMetresPerSecond { get; init; } = 2;

    /// <summary>Whether traffic keeps to the right. Default: true.</summary>
    public bool DrivesOnRight { get; init; } = true;

    /// <summary>How unlikely it is that a truck drives on the carriageway of the oncoming traffic. Default: 4, as much as a fix 3½ σ away.</summary>
    /// <remarks>
    /// Used only in a network that names no one-way streets at all: there, two streets that run side by side less than 18 m apart are taken
    /// for the carriageways of one street. 0 switches it off.
    /// </remarks>
    public double CarriagewayWeight { get; init; } = 4;

    /// <summary>A fix this near to the last deciding one decides nothing new and is placed on the way that the others decide. Default: 10 m.</summary>
    /// <remarks>Two standard deviations: less is mostly noise, and a parked truck decides nothing at all.</remarks>
    public double AnchorSpacingMetres { get; init; } = 10;

    /// <summary>After a gap longer than this a trace begins anew. Default: 300 s.</summary>
    public TimeSpan MaximumGap { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>No route is driven faster. Default: 70 m/s: receivers bunch their times, so twice what a truck can do.</summary>
    public double MaximumMetresPerSecond { get; init; } = 70;

    /// <summary>No way between two fixes is looked for beyond this. Default: 4 km, a long tunnel.</summary>
    public double MaximumRouteMetres { get; init; } = 4000;

    /// <summary>Deciding fixes that the newest may be ahead of the last decision. Default: 16.</summary>
    public int Lag { get; init; } = 16;

    /// <summary>Fixes in a row that fit nowhere before the trace begins anew: fewer are outliers. Default: 3.</summary>
    public int MaximumOutliers { get; init; } = 3;

    /// <summary>A segment not driven from end to end is a pass from this length on. Default: 25 m.</summary>
    /// <remarks>Less is a touch at a junction, or the wandering of a parked truck's fixes.</remarks>
    public double MinimumPassMetres { get; init; } = 25;
}
