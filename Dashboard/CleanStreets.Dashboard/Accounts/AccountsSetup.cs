using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;

namespace CleanStreets.Dashboard.Accounts;

/// <summary>Cookie log-in and deny-by-default authorization.</summary>
internal static class AccountsSetup
{
    public static IServiceCollection AddAccounts(this IServiceCollection services, DashboardOptions options)
    {
        services.AddSingleton<UserStore>();
        services.AddSingleton<LoginThrottle>();

        // Kept with the data: a restart must not log every crew out in the middle of a round.
        services.AddDataProtection()
            .SetApplicationName("CleanStreets.Dashboard")
            .PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(options.DataFolder, "keys")));
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(Configure);
        services.AddAuthorizationBuilder()
            .AddPolicy(Roles.All, policy => policy.RequireRole(Roles.Known))
            .AddPolicy(Roles.Staff, policy => policy.RequireRole(Roles.Admin, Roles.Dispatcher))
            .AddPolicy(Roles.Watch, policy => policy.RequireRole(Roles.Admin, Roles.Dispatcher, Roles.Viewer))
            .AddPolicy(Roles.Own, policy => policy.RequireRole(Roles.Admin))
            .AddPolicy(Roles.Work, policy => policy.RequireRole(Roles.Admin, Roles.Dispatcher, Roles.Crew))
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(_ => false).Build());
        return services;
    }

    private static void Configure(CookieAuthenticationOptions cookie)
    {
        cookie.Cookie.Name = "cleanstreets";
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Strict;
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest; // Plain HTTP on loopback; behind TLS the cookie is Secure.
        cookie.ExpireTimeSpan = TimeSpan.FromHours(14); // One long shift.
        cookie.SlidingExpiration = true;
        cookie.Events.OnRedirectToLogin = context => Answer(context.Response, 401);
        cookie.Events.OnRedirectToAccessDenied = context => Answer(context.Response, 403);
        cookie.Events.OnValidatePrincipal = RejectForgottenUsers;
    }

    private static Task Answer(HttpResponse response, int status)
    {
        response.StatusCode = status;
        return Task.CompletedTask;
    }

    // A user who was removed or given another role loses the old cookie at the next request.
    private static Task RejectForgottenUsers(CookieValidatePrincipalContext context)
    {
        var users = context.HttpContext.RequestServices.GetRequiredService<UserStore>();
        var principal = context.Principal;
        var known = users.Find(principal?.Identity?.Name ?? string.Empty);
        if (known is null || known.Role != principal?.FindFirstValue(ClaimTypes.Role) || known.CrewId != principal.FindFirstValue(Roles.CrewClaim))
        {
            context.RejectPrincipal();
        }

        return Task.CompletedTask;
    }
}
