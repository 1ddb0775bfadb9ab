using System.Globalization;
using System.Net.ServerSentEvents;
using System.Security.Claims;
using CleanStreets.Contracts;
using CleanStreets.Dashboard.Accounts;

namespace CleanStreets.Dashboard.Live;

/// <summary>One event as it goes to browsers, serialized once for all of them.</summary>
/// <param name="Id">Its place in the order of all events; 0 for those that are not replayed.</param>
/// <param name="EventType">Name of the event.</param>
/// <param name="Data">JSON.</param>
/// <param name="Audience">Who may see it.</param>
internal sealed record LiveFrame(long Id, string EventType, string Data, Audience Audience)
{
    public SseItem<string> ToItem() => new(Data, EventType) { EventId = Id == 0 ? null : Id.ToString(CultureInfo.InvariantCulture) };
}

/// <summary>Who may see an event: everybody, those who watch the whole operation, or one crew.</summary>
/// <param name="WatchersOnly">Not for crews.</param>
/// <param name="Crew">Only for this crew.</param>
internal readonly record struct Audience(bool WatchersOnly, CrewId? Crew)
{
    public static Audience Everybody => default;

    public static Audience Watchers => new(true, null);

    public static Audience Of(CrewId crew) => new(false, crew);

    public bool Includes(Viewer viewer) => Crew is { } crew ? viewer.Crew == crew : !WatchersOnly || viewer.Watches;
}

/// <summary>What decides which events a browser gets.</summary>
internal readonly record struct Viewer(bool Watches, CrewId? Crew)
{
    public static Viewer Of(ClaimsPrincipal user) => new(user.MayWatch(), user.CrewOf());
}
