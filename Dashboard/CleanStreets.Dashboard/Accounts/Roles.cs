using System.Security.Claims;
using CleanStreets.Contracts;

namespace CleanStreets.Dashboard.Accounts;

/// <summary>The roles, and the policies that endpoints name. Who is in no list may do nothing.</summary>
internal static class Roles
{
    public const string Admin = "admin";
    public const string Dispatcher = "dispatcher";
    public const string Crew = "crew";
    public const string Viewer = "viewer";

    /// <summary>Policy: anybody who is logged in.</summary>
    public const string All = "all";

    /// <summary>Policy: those who send crews.</summary>
    public const string Staff = "staff";

    /// <summary>Policy: those who may see the whole operation.</summary>
    public const string Watch = "watch";

    /// <summary>Policy: those who touch work orders.</summary>
    public const string Work = "work";

    /// <summary>Policy: those who say which boxes the city trusts.</summary>
    public const string Own = "own";

    public static IReadOnlyList<string> Known { get; } = [Admin, Dispatcher, Crew, Viewer];

    /// <summary>Claim that names a crew user's crew.</summary>
    public const string CrewClaim = "crew_id";

    public static bool IsStaff(this ClaimsPrincipal user) => user.IsInRole(Admin) || user.IsInRole(Dispatcher);

    public static bool MayWatch(this ClaimsPrincipal user) => user.IsStaff() || user.IsInRole(Viewer);

    /// <summary>The crew of a crew user; null for everybody else.</summary>
    public static CrewId? CrewOf(this ClaimsPrincipal user) =>
        user.IsInRole(Crew) && CrewId.TryCreate(user.FindFirstValue(CrewClaim), out var crew) ? crew : null;

    public static string Name(this ClaimsPrincipal user) => user.Identity?.Name ?? "nobody";
}
