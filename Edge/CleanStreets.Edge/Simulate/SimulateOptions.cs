using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Simulate.Stories;

namespace CleanStreets.Edge.Simulate;

/// <summary>What <c>edge simulate</c> was asked to do.</summary>
internal sealed record SimulateOptions
{
    /// <summary>Most trucks in one process: each has a connection of its own.</summary>
    public const int MaxTrucks = 200;

    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <summary>Folder of this program's data.</summary>
    public required string Data { get; init; }

    /// <summary>A GeoJSON file, or <c>generated:SEED</c>.</summary>
    public string Streets { get; init; } = "generated:1";

    public int Trucks { get; init; } = 12;

    /// <summary>Simulated seconds in a second; 0: as fast as possible (replay only).</summary>
    public double Speed { get; init; } = 30;

    public int Seed { get; init; } = 1;

    /// <summary>How far back simulated time begins. Default: 30 minutes, in which 12 trucks see a generated city four times.</summary>
    public TimeSpan Back { get; init; } = TimeSpan.FromMinutes(30);

    public ReadingFormat Format { get; init; } = ReadingFormat.Protobuf;

    /// <summary>One street is very dirty from the beginning.</summary>
    public bool DirtyStreet { get; init; } = true;

    /// <summary>Stories that are told.</summary>
    public IReadOnlyList<StoryScript> Stories { get; init; } = [];

    /// <summary>Where simulated time begins; null: <see cref="Back"/> before now.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Simulated time after which the trucks stop and the facts are told; null: never.</summary>
    public TimeSpan? Lasts { get; init; }

    /// <summary>Places in the fleet of the trucks that this process has, when others have the rest; null: all.</summary>
    public IReadOnlySet<int>? Only { get; init; }

    /// <summary>Most bytes of backlog that a truck sends in a second; 0: no cap.</summary>
    public long BacklogBytesASecond { get; init; }

    /// <summary>The facts at the end are JSON.</summary>
    public bool Json { get; init; }

    /// <summary>Recorded GPS traces to drive instead of a simulated fleet.</summary>
    public string? Replay { get; init; }

    /// <summary>Replay: keep the recorded times of capture.</summary>
    public bool KeepTimes { get; init; }

    /// <summary>Replay: a simulated camera looks from the recorded places. Without it nothing is claimed to be seen.</summary>
    public bool Camera { get; init; } = true;

    public string SpoolFolder => Path.Combine(Data, "spool");

    /// <summary>Spools of single trucks: of those that stories end and start again.</summary>
    public string OwnSpoolsFolder => Path.Combine(Data, "spools");

    public string WorldFile => Path.Combine(Data, "simulator", "world.json");
}
