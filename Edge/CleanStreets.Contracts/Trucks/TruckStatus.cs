namespace CleanStreets.Contracts.Trucks;

/// <summary>A truck's birth, health and offline message on <see cref="Topics.Status"/>, retained and also its last will.</summary>
public sealed record TruckStatus
{
    /// <summary>The truck.</summary>
    public required TruckId TruckId { get; init; }

    /// <summary>Life-cycle state, in Homie's words.</summary>
    public required TruckState State { get; init; }

    /// <summary>When the status was made, by the truck's clock. A last will carries the time of the connect.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The position of now: not a trail.</summary>
    public TruckPosition? Position { get; init; }

    /// <summary>Readings on the spool that the city has not stored yet.</summary>
    public long SpoolReadings { get; init; }

    /// <summary>Capture time of the oldest of them.</summary>
    public DateTimeOffset? SpoolOldestAt { get; init; }

    /// <summary>Whether the truck is simulated: shown on every page, so that nobody mistakes a demo for a city.</summary>
    public bool Simulated { get; init; }

    /// <summary>Version of the agent.</summary>
    public string? AgentVersion { get; init; }

    /// <summary>How the camera does; absent without one.</summary>
    public CameraStatus? Camera { get; init; }

    /// <summary>The detection model; absent without one.</summary>
    public ModelStatus? Model { get; init; }
}

/// <summary>Homie 5's life-cycle states.</summary>
public enum TruckState : byte
{
    /// <summary>Starting.</summary>
    Init = 0,

    /// <summary>Working.</summary>
    Ready = 1,

    /// <summary>Said good-bye.</summary>
    Disconnected = 2,

    /// <summary>Engine off, on purpose silent.</summary>
    Sleeping = 3,

    /// <summary>Gone without a word: the last will.</summary>
    Lost = 4,
}

/// <summary>Where a truck is.</summary>
/// <param name="Latitude">WGS 84 degrees.</param>
/// <param name="Longitude">WGS 84 degrees.</param>
/// <param name="HeadingDegrees">Clockwise from north; absent when unknown.</param>
/// <param name="SpeedMetresPerSecond">Over ground; absent when unknown.</param>
public sealed record TruckPosition(double Latitude, double Longitude, double? HeadingDegrees, double? SpeedMetresPerSecond);
