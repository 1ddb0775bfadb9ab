using System.Security.Claims;
using CleanStreets.Dashboard.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace CleanStreets.Dashboard.Accounts;

/// <summary>Logging in, asking who one is, logging out.</summary>
internal static class SessionApi
{
    public static void MapSession(this IEndpointRouteBuilder routes)
    {
        var session = routes.MapGroup("/api/session");
        session.MapPost(string.Empty, LogInAsync).AllowAnonymous();
        session.MapGet(string.Empty, (ClaimsPrincipal user) => Describe(user)).RequireAuthorization(Roles.All);
        session.MapGet("/demo", Demo).AllowAnonymous();
        session.MapDelete(string.Empty, (Delegate)LogOutAsync).AllowAnonymous();
    }

    internal sealed record LogIn(string? User, string? Password);

    internal sealed record Session(string User, string Role, string? CrewId);

    private static async Task<IResult> LogInAsync(LogIn body, HttpContext context, UserStore users, LoginThrottle throttle, ILoggerFactory loggers)
    {
        var name = body.User ?? string.Empty;
        if (name.Length > 64 || body.Password is not { Length: > 0 and <= 256 } password)
        {
            return Problems.Of(401, "wrong_login", "Name or password is wrong.");
        }

        if (!throttle.IsOpen(name))
        {
            return Problems.Of(429, "too_many_logins", "Too many wrong log-ins for this name: wait a minute.");
        }

        if (users.Verify(name, password) is not { } user)
        {
            throttle.CountWrong(name);
            AccountsLog.WrongLogin(loggers.CreateLogger("CleanStreets.Dashboard.Accounts"), context.Connection.RemoteIpAddress?.ToString() ?? "unknown");
            return Problems.Of(401, "wrong_login", "Name or password is wrong.");
        }

        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, PrincipalOf(user));
        return TypedResults.Ok(new Session(user.Name, user.Role, user.CrewId));
    }

    // Only where they were asked for: the log-in page then offers them, so that nobody has to look them up.
    private static IResult Demo(DashboardOptions options) => options.DemoUsers
        ? TypedResults.Ok(new { users = FirstUsers.Demo.Select(user => new { user = user.Name, password = user.Name, user.Role }) })
        : Problems.Of(404, "no_demo", "There are no demo log-ins here.");

    private static async Task<IResult> LogOutAsync(HttpContext context)
    {
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return TypedResults.NoContent();
    }

    private static Session Describe(ClaimsPrincipal user) =>
        new(user.Name(), user.FindFirstValue(ClaimTypes.Role)!, user.FindFirstValue(Roles.CrewClaim));

    private static ClaimsPrincipal PrincipalOf(User user)
    {
        var identity = new ClaimsIdentity(CookieAuthenticationDefaults.AuthenticationScheme);
        identity.AddClaim(new Claim(ClaimTypes.Name, user.Name));
        identity.AddClaim(new Claim(ClaimTypes.Role, user.Role));
        if (user.CrewId is { } crew)
        {
            identity.AddClaim(new Claim(Roles.CrewClaim, crew));
        }

        return new ClaimsPrincipal(identity);
    }
}
