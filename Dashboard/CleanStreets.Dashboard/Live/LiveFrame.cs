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

/// <summary>Groups of users that see different events.</summary>
[Flags]
internal enum Group : byte
{
    None = 0,
    Staff = 1,
    Viewers = 2,
    Crews = 4,
}

/// <summary>Who may see an event.</summary>
/// <param name="Groups">These groups.</param>
/// <param name="Crew">Of the crews, only this one; null for all.</param>
internal readonly record struct Audience(Group Groups, CrewId? Crew = null)
{
    public static Audience Everybody { get; } = new(Group.Staff | Group.Viewers | Group.Crews);

    /// <summary>Those who see the whole operation: not the crews.</summary>
    public static Audience Watchers { get; } = new(Group.Staff | Group.Viewers);

    public bool Includes(Viewer viewer) => (Groups & viewer.Group) != Group.None && (Crew is null || viewer.Group != Group.Crews || Crew == viewer.Crew);
}

/// <summary>What decides which events a browser gets.</summary>
internal readonly record struct Viewer(Group Group, CrewId? Crew)
{
    public static Viewer Of(ClaimsPrincipal user) =>
        new(user.IsStaff() ? Group.Staff : user.IsInRole(Roles.Viewer) ? Group.Viewers : user.IsInRole(Roles.Crew) ? Group.Crews : Group.None, user.CrewOf());
}
