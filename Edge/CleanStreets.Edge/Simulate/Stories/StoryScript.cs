using System.Text.Json.Serialization;

namespace CleanStreets.Edge.Simulate.Stories;

/// <summary>A story as its file tells it: what happens when, to which trucks or streets.</summary>
internal sealed record StoryScript
{
    /// <summary>Its name, for the facts at the end.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence for <c>--stories</c>.</summary>
    public required string About { get; init; }

    /// <summary>How long it takes in simulated time: <c>HH:MM</c> or <c>HH:MM:SS</c>.</summary>
    public required TimeSpan Lasts { get; init; }

    /// <summary>What happens.</summary>
    public required IReadOnlyList<StoryEvent> Events { get; init; }
}

/// <summary>One thing that happens. Which parameters an action takes stands in <see cref="StoryCheck"/>.</summary>
internal sealed record StoryEvent
{
    /// <summary>When, from the beginning of the simulated time.</summary>
    public required TimeSpan At { get; init; }

    /// <summary>What.</summary>
    public required StoryAction Do { get; init; }

    /// <summary>For how long; absent: what the action needs at least.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>Happens again after so long, <see cref="Times"/> times in all.</summary>
    public TimeSpan? Every { get; init; }

    /// <summary>How often it happens. Default: once.</summary>
    public int Times { get; set; } = 1;

    /// <summary>To which trucks: <c>all</c>, <c>half</c>, <c>third</c>, <c>quarter</c> (chosen by the seed), or numbers: <c>1,4-6</c>. Default: all.</summary>
    public string Trucks { get; set; } = "all";

    /// <summary>In which part of the city; absent: everywhere.</summary>
    public StoryPlace? Where { get; init; }

    /// <summary><see cref="StoryAction.Mud"/>: share of the lower part of the lens that is covered, up to 0.45.</summary>
    public double? Share { get; init; }

    /// <summary>How far a deceived receiver is off, metres.</summary>
    public double? Metres { get; init; }

    /// <summary><see cref="StoryAction.GpsOutliers"/>: one fix in so many.</summary>
    public int? OneIn { get; init; }

    /// <summary><see cref="StoryAction.Clock"/>: what the box's clock reads when it starts.</summary>
    public DateTimeOffset? Reads { get; init; }

    /// <summary><see cref="StoryAction.Clock"/>: how far it is ahead instead; negative: behind.</summary>
    public TimeSpan? Ahead { get; init; }

    /// <summary><see cref="StoryAction.Market"/>: pieces of litter on 100 m² that come in an hour.</summary>
    public double? Litter { get; init; }

    /// <summary><see cref="StoryAction.Market"/>: piles that it leaves on each street.</summary>
    public int? Piles { get; init; }

    /// <summary><see cref="StoryAction.Market"/>: share of the kerb that stalls and people hide while it lasts.</summary>
    public double? Hides { get; init; }
}

/// <summary>A part of the city: streets around a point, or streets by name or id.</summary>
internal sealed record StoryPlace
{
    /// <summary><c>centre</c>, or <c>LONGITUDE,LATITUDE</c>.</summary>
    public string? Near { get; init; }

    /// <summary>How far around it, metres.</summary>
    public double RadiusMetres { get; set; } = 300;

    /// <summary>Names or ids of streets instead.</summary>
    public IReadOnlyList<string>? Streets { get; init; }

    /// <summary>Most segments, the nearest first. Default: all.</summary>
    public int? Most { get; init; }
}

/// <summary>What can happen.</summary>
internal enum StoryAction
{
    /// <summary>The link is cut; what was sent and not answered is lost on the way.</summary>
    DeadZone,

    /// <summary>Mud covers part of the lens.</summary>
    Mud,

    /// <summary>Grease makes all the lens shows soft.</summary>
    Grease,

    /// <summary>Single fixes lie elsewhere.</summary>
    GpsOutliers,

    /// <summary>The receiver is deceived: every place is shifted, as if the truck drove across town.</summary>
    GpsJump,

    /// <summary>The receiver says its last place again and again.</summary>
    GpsStuck,

    /// <summary>The box starts anew with a wrong clock, and the receiver gives places without a time.</summary>
    Clock,

    /// <summary>The agent ends as at a power cut, and starts again on the same spool.</summary>
    PowerCut,

    /// <summary>A market: litter comes, stalls and people hide the kerb, piles stay behind.</summary>
    Market,

    /// <summary>A crew sweeps the streets and says so.</summary>
    Sweep,
}

/// <summary>The JSON of stories: camelCase, comments allowed, unknown names refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = System.Text.Json.JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    RespectNullableAnnotations = true,
    Converters = [typeof(StoryActionConverter), typeof(StoryTimeConverter)])]
[JsonSerializable(typeof(StoryScript))]
internal sealed partial class StoryJson : JsonSerializerContext;
