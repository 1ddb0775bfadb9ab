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

    /// <summary>The box that says it; absent when it has no name.</summary>
    public string? DeviceId { get; init; }

    /// <summary>How the camera does; absent without one.</summary>
    public CameraStatus? Camera { get; init; }

    /// <summary>The detection model; absent without one.</summary>
    public ModelStatus? Model { get; init; }

    /// <summary>How the box is; absent in a last will and from simulated trucks.</summary>
    public TruckHealth? Health { get; init; }

    /// <summary>The settings in force.</summary>
    public TruckSettings? Settings { get; init; }

    /// <summary>How its upgrades go; absent where it takes none.</summary>
    public UpgradeStatus? Upgrade { get; init; }
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

/// <summary>What a truck knows of its place.</summary>
public enum PositionState : byte
{
    /// <summary>The receiver has not spoken since the start.</summary>
    Silent = 0,

    /// <summary>The receiver says that it has no fix.</summary>
    NoFix = 1,

    /// <summary>The receiver has fallen silent.</summary>
    Stale = 2,

    /// <summary>A place of now.</summary>
    Fix = 3,
}

/// <summary>How the box of a truck is. Absent numbers are unknown.</summary>
public sealed record TruckHealth
{
    /// <summary>What is known of the place.</summary>
    public required PositionState PositionState { get; init; }

    /// <summary>Whether satellites have set the truck's clock.</summary>
    public bool ClockFromGnss { get; init; }

    /// <summary>Seconds by which the box's own clock is ahead of the truck's.</summary>
    public double ClockAheadSeconds { get; init; }

    /// <summary>Fixes that made no reading because the time was not known.</summary>
    public long FixesWithoutTime { get; init; }

    /// <summary>Bytes of the spool on disk.</summary>
    public long SpoolBytes { get; init; }

    /// <summary>Readings that the spool's cap has dropped since the start.</summary>
    public long ReadingsDropped { get; init; }

    /// <summary>Free bytes of the spool's disk.</summary>
    public long? DiskFreeBytes { get; init; }

    /// <summary>Hottest part of the box, degrees Celsius.</summary>
    public double? TemperatureCelsius { get; init; }

    /// <summary>Memory of the agent, bytes.</summary>
    public long ResidentBytes { get; init; }

    /// <summary>Bytes sent this UTC day.</summary>
    public long SentBytesToday { get; init; }

    /// <summary>End of the box's certificate; absent without one.</summary>
    public DateTimeOffset? CertificateEndsAt { get; init; }

    /// <summary>Lines of sensors that were not understood, since the start.</summary>
    public long BadSensorLines { get; init; }
}

/// <summary>Settings that the city may change on <see cref="Topics.Config"/>, and what a truck says back about those in force. Absent: the truck's own.</summary>
public sealed record TruckSettings
{
    /// <summary>The city's name for this set, said back.</summary>
    public string? Version { get; init; }

    /// <summary>Readings a second, 0.1 to 10.</summary>
    public double? ReadingsASecond { get; init; }

    /// <summary>Most bytes a second of backlog; 0: no cap.</summary>
    public long? BacklogBytesASecond { get; init; }

    /// <summary>Bytes a UTC day after which backlog waits for the next; 0: no budget.</summary>
    public long? DailyBytes { get; init; }

    /// <summary>The ring whose releases the box takes.</summary>
    public string? Ring { get; init; }

    /// <summary>Said back: why the newest set was refused; absent when it is in force.</summary>
    public string? Refused { get; init; }
}
