using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Mqtt.Client;

namespace CleanStreets.Edge.Publish;

/// <summary>How a truck sends what it has spooled.</summary>
internal sealed record PublishOptions
{
    /// <summary>Name or address of the MQTT server.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Its port.</summary>
    public int Port { get; init; } = 1883;

    /// <summary>What the log calls the server. Default: host and port.</summary>
    public string Server { get => field ?? $"{Host}:{Port}"; init; }

    /// <summary>The topics.</summary>
    public Topics Topics { get; init; } = Topics.Default;

    /// <summary>Most live readings in a batch. Default: 20.</summary>
    public int BatchReadings { get; init; } = 20;

    /// <summary>Longest a live reading waits for its batch to fill. Default: 1 s.</summary>
    public TimeSpan BatchAge { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Most readings in a batch of leftovers. Default: 200.</summary>
    public int LeftoverBatchReadings { get; init; } = 200;

    /// <summary>Bytes at which a live batch is full, whatever its number of readings; a reading that is larger goes alone. Default: what ingest decodes.</summary>
    public int BatchBytes { get; init; } = ReadingLimits.MaxPayloadBytes;

    /// <summary>The same for a batch of leftovers.</summary>
    public int LeftoverBatchBytes { get; init; } = ReadingLimits.MaxPayloadBytes;

    /// <summary>Most readings sent and not yet marked as stored, per session. Default: 4,096.</summary>
    public int MaxUnmarked { get; init; } = 4096;

    /// <summary>After this long without a mark, what was acknowledged by the server is sent again. Default: 5 s; marks come once a second.</summary>
    public TimeSpan MarkPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether evidence pictures are sent. Default: no.</summary>
    public bool SendsEvidence { get; init; }

    /// <summary>After this long without the city's word a picture is sent again; doubled each time, up to an hour. Default: 30 s.</summary>
    public TimeSpan EvidencePatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a moving truck says where it is. Default: 2 s.</summary>
    public TimeSpan StatusInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a truck says how it is while it stands still. Default: 30 s.</summary>
    public TimeSpan QuietStatusInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Folder for readings that the city never stores.</summary>
    public required string SetAsideFolder { get; init; }

    /// <summary>Shown on every page, so that nobody mistakes a demo for a city.</summary>
    public bool Simulated { get; init; }

    /// <summary>Whether satellites have said the time since the start; until then readings of earlier starts say no send time. Any thread. Absent: the clock is right.</summary>
    public Func<bool>? IsClockConfirmed { get; init; }

    /// <summary>Version of the agent, for the status.</summary>
    public string? AgentVersion { get; init; }

    /// <summary>How the camera does, for the status; null without one.</summary>
    public Func<CameraStatus?>? Camera { get; init; }

    /// <summary>The detection model with its card, for the status; null without one.</summary>
    public ModelStatus? Model { get; init; }

    /// <summary>How often the status carries the whole card; between, the version alone. Default: 5 minutes.</summary>
    public TimeSpan CardInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Makes the truck's way to the city from its last will. Absent: a <see cref="TopicLink"/> by the options here.</summary>
    public Func<TruckStatus, ICityLink>? Link { get; init; }

    /// <summary>Adds to how the link is made: encryption, user, version. Absent: clear text, no user.</summary>
    public Func<MqttClientOptions, MqttClientOptions>? Connection { get; init; }

    /// <summary>How the box is, for the status. Any thread. Absent: not said.</summary>
    public Func<TruckHealth>? Health { get; init; }

    /// <summary>The settings in force, for the status. Any thread. Absent: not said.</summary>
    public Func<TruckSettings>? Settings { get; init; }

    /// <summary>The box, for the status, and its own topics. Absent: it has no name and is not asked anything.</summary>
    public BoxTopics? Box { get; init; }

    /// <summary>How upgrades go, for the status. Any thread. Absent: not said.</summary>
    public Func<UpgradeStatus>? Upgrade { get; init; }

    /// <summary>Takes the release (message) of a kind that the city offers to a ring; absent: it is not listened to.</summary>
    public Action<string, string, ReadOnlyMemory<byte>>? Releases { get; init; }

    /// <summary>Takes what the city said on the truck's config topic; absent: it is not listened to.</summary>
    public Action<ReadOnlyMemory<byte>>? Configure { get; init; }
}
