using System.Security.Cryptography;

namespace CleanStreets.Dashboard.Accounts;

/// <summary>Who can log in on a fresh data folder.</summary>
internal static class FirstUsers
{
    /// <summary>The demo log-ins: name and password are the same.</summary>
    public static IReadOnlyList<User> Demo { get; } =
    [
        new("dispatcher", Roles.Dispatcher, null),
        new("crew-1", Roles.Crew, "crew-1"),
        new("crew-2", Roles.Crew, "crew-2"),
        new("viewer", Roles.Viewer, null),
    ];

    /// <summary>Makes the demo users when asked to, otherwise one admin on an empty folder.</summary>
    /// <returns>The admin's new password, to be shown once; null when none was made.</returns>
    public static string? Ensure(UserStore users, bool demo)
    {
        if (demo)
        {
            foreach (var user in Demo.Where(user => users.Find(user.Name) is null))
            {
                users.Put(user, user.Name);
            }

            return null;
        }

        if (!users.IsEmpty)
        {
            return null;
        }

        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
        users.Put(new User("admin", Roles.Admin, null), password);
        return password;
    }
}
