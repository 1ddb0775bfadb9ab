using System.Text.Json;
using System.Text.Json.Serialization;
using CleanStreets.Edge.Simulate.Box;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Edge.Simulate.Stories;

/// <summary>What a run did and what became of its readings, to be compared with <c>journal check</c>.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Begin">The first simulated moment.</param>
/// <param name="End">The moment after the last.</param>
/// <param name="Episodes">What the stories did, when, to whom.</param>
/// <param name="Trucks">What became of each truck's readings.</param>
/// <param name="Published">Readings sent, repeats included.</param>
internal sealed record StoryFacts(
    int Seed, DateTimeOffset Begin, DateTimeOffset End, IReadOnlyList<EpisodeFacts> Episodes, IReadOnlyList<TruckFacts> Trucks, long Published)
{
    /// <summary>Readings handed to spools.</summary>
    public long Made => Trucks.Sum(truck => truck.Made);

    /// <summary>Of these, stored by the city.</summary>
    public long Stored => Trucks.Sum(truck => truck.Stored);

    /// <summary>Of these, lost in power cuts before they were on disk.</summary>
    public long Lost => Trucks.Sum(truck => truck.Lost);

    /// <summary>Of these, still in a spool, or dropped by a full one.</summary>
    public long InSpool => Trucks.Sum(truck => truck.InSpool);

    /// <summary>Gathers them.</summary>
    public static StoryFacts Of(StoryPlan plan, int seed, long endMs, StreetNetwork streets, IReadOnlyList<BoxLedger> ledgers, long published) => new(
        seed,
        At(plan.BeginMs),
        At(endMs),
        [.. plan.Episodes.Where(episode => episode.FromMs < endMs).OrderBy(episode => episode.FromMs).Select(episode => new EpisodeFacts(
            episode.Story,
            StoryCheck.Word(episode.Event.Do),
            At(episode.FromMs),
            At(Math.Min(episode.ToMs, endMs)),
            [.. episode.Trucks.Order().Select(TruckName)],
            [.. episode.Segments.Select(segment => streets.Segments[segment].Id.Value)],
            Sentence(episode, streets)))],
        [.. ledgers.Select(TruckFacts.Of)],
        published);

    /// <summary>What an episode does, for people.</summary>
    public static string Sentence(StoryEpisode episode, StreetNetwork streets)
    {
        var told = episode.Event;
        var what = told.Do switch
        {
            StoryAction.DeadZone => "no link",
            StoryAction.Mud => $"mud on {told.Share:P0} of the lens",
            StoryAction.Grease => "grease on the lens",
            StoryAction.GpsOutliers => $"one fix in {told.OneIn} lies {told.Metres:0} m off",
            StoryAction.GpsJump => $"the receiver is deceived by {told.Metres:0} m",
            StoryAction.GpsStuck => "the receiver says the same place again and again",
            StoryAction.Clock when told.Ahead is { } ahead => $"boxes start with a clock {ahead.Duration():hh\\:mm} {(ahead < TimeSpan.Zero ? "behind" : "ahead")}, and no time from satellites",
            StoryAction.Clock => $"boxes start in {told.Reads:yyyy}, and no time from satellites",
            StoryAction.PowerCut => "the power is cut",
            StoryAction.Market => $"a market, {told.Litter:0} pieces of litter on 100 m² an hour",
            _ => "the streets are swept",
        };
        var whom = episode.Segments.Count > 0
            ? string.Join(", ", episode.Segments.Select(segment => streets.Segments[segment]).Select(segment => segment.Name is { } name ? $"{name} ({segment.Id})" : segment.Id.Value))
            : string.Join(", ", episode.Trucks.Order().Select(TruckName));
        var where = episode.Area is { } area ? $" within {area.RadiusMetres:0} m of {told.Where!.Near}" : "";
        var until = episode.Event.Do == StoryAction.Sweep ? "" : $" until {At(episode.ToMs):HH:mm:ss}";
        return $"{At(episode.FromMs):yyyy-MM-dd HH:mm:ss}{until}: {what}{where}: {(whom.Length > 0 ? whom : "no truck of this fleet")}";
    }

    /// <summary>For people.</summary>
    public IEnumerable<string> Lines()
    {
        foreach (var episode in Episodes)
        {
            yield return $"{episode.Story}: {episode.Sentence}";
        }

        foreach (var truck in Trucks)
        {
            yield return truck.Line();
        }

        yield return $"{Made} readings made, {Published} sent (repeats included), {Stored} stored, {InSpool} in spools, {Lost} lost before they were on disk";
    }

    /// <summary>For programs.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, StoryFactsJson.Default.StoryFacts);

    private static string TruckName(int index) => CitySimulation.TruckName(index);

    private static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}

/// <summary>One episode of a story.</summary>
internal sealed record EpisodeFacts(
    string Story, string Action, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<string> Trucks, IReadOnlyList<string> Segments, [property: JsonIgnore] string Sentence);

/// <summary>One truck. Made = stored + in the spool + lost.</summary>
internal sealed record TruckFacts(string Truck, long Made, long Stored, long InSpool, long Lost, IReadOnlyList<SessionFacts> Sessions)
{
    /// <summary>Fixes whose place was not believed.</summary>
    public long FixesNotBelieved { get; init; }

    /// <summary>Seconds without a reading because no place could be believed.</summary>
    public long SecondsWithoutPlace { get; init; }

    /// <summary>Seconds without a reading because the time was not known.</summary>
    public long SecondsWithoutTime { get; init; }

    /// <summary>Readings whose time no satellite had confirmed.</summary>
    public long ClockUnconfirmed { get; init; }

    /// <summary>Seconds during which the agent knew that its camera sees badly.</summary>
    public long SecondsCameraFaulty { get; init; }

    /// <summary>Takes them from a ledger.</summary>
    public static TruckFacts Of(BoxLedger ledger)
    {
        var sessions = ledger.Sessions;
        var (made, stored, lost) = (sessions.Sum(s => s.Made), sessions.Sum(s => s.Stored), sessions.Sum(s => s.Lost));
        return new TruckFacts(ledger.Truck.Value, made, stored, made - stored - lost, lost, sessions)
        {
            FixesNotBelieved = ledger.FixesNotBelieved,
            SecondsWithoutPlace = ledger.WithoutPlace,
            SecondsWithoutTime = ledger.WithoutTime,
            ClockUnconfirmed = ledger.ClockUnconfirmed,
            SecondsCameraFaulty = ledger.CameraFaulty,
        };
    }

    /// <summary>For people: only what happened.</summary>
    public string Line()
    {
        var more = new (long Count, string What)[]
        {
            (InSpool, "in the spool"),
            (Lost, "lost before they were on disk"),
            (FixesNotBelieved, "fixes not believed"),
            (SecondsWithoutTime, "s without the time"),
            (ClockUnconfirmed, "with a time that no satellite confirmed"),
            (SecondsCameraFaulty, "s with a camera known to see badly"),
        };
        return $"{Truck}: {Made} readings made, {Stored} stored{string.Concat(more.Where(m => m.Count > 0).Select(m => $", {m.Count} {m.What}"))}; {(Sessions.Count == 1 ? "1 session" : $"{Sessions.Count} sessions")}";
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(StoryFacts))]
internal sealed partial class StoryFactsJson : JsonSerializerContext;
