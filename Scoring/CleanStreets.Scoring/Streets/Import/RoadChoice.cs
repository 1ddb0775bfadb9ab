namespace CleanStreets.Scoring.Streets;

/// <summary>Roads that a city takes into its network beside its streets.</summary>
[Flags]
public enum RoadChoice
{
    /// <summary>Streets alone: from motorways to living streets.</summary>
    Streets = 0,

    /// <summary>Alleys (<c>highway=service</c>, <c>service=alley</c>).</summary>
    Alleys = 1,

    /// <summary>Other service roads, without drives.</summary>
    Service = 2,

    /// <summary>Drives, parking aisles, drive-throughs and emergency ways.</summary>
    Driveways = 4,

    /// <summary>Roads with private access.</summary>
    Private = 8,

    /// <summary>Tracks.</summary>
    Tracks = 16,
}
