using System.Security.Cryptography;
using CleanStreets.Contracts;
using CleanStreets.Dashboard.Data;
using Microsoft.AspNetCore.Identity;

namespace CleanStreets.Dashboard.Accounts;

/// <summary>Users and their hashed passwords in the dashboard's database.</summary>
/// <remarks>Safe for many requests at once: every call has its own pooled connection.</remarks>
internal sealed class UserStore(DashboardDatabase database, TimeProvider time)
{
    private static readonly User Nobody = new("nobody", Roles.Viewer, null);

    private readonly PasswordHasher<User> _hasher = new();

    // Checked when a name is unknown, so that the time of an answer does not tell which names exist.
    private readonly string _decoy = new PasswordHasher<User>().HashPassword(Nobody, RandomNumberGenerator.GetHexString(32));

    public bool IsEmpty
    {
        get
        {
            using var connection = database.Connect();
            return connection.Scalar("SELECT count(*) FROM users") == 0;
        }
    }

    /// <summary>Adds a user or gives an existing one a new role and password.</summary>
    /// <exception cref="DashboardStartException">Name, role or crew is not acceptable.</exception>
    public void Put(User user, string password)
    {
        if (!IdentifierRule.IsValid(user.Name) || !Roles.Known.Contains(user.Role))
        {
            throw new DashboardStartException($"'{user.Name}' with role '{user.Role}' is not a user: a name is 1 to 64 letters, digits, '.', '_' or '-', a role one of {string.Join(", ", Roles.Known)}.");
        }

        if (user.Role == Roles.Crew && !CrewId.TryCreate(user.CrewId, out _))
        {
            throw new DashboardStartException($"The crew user '{user.Name}' needs a crew id.");
        }

        using var connection = database.Connect();
        connection.Run(
            """
            INSERT INTO users (name, role, crew_id, password_hash, created_at) VALUES ($name, $role, $crew, $hash, $now)
            ON CONFLICT (name) DO UPDATE SET role = excluded.role, crew_id = excluded.crew_id, password_hash = excluded.password_hash
            """,
            null,
            ("$name", user.Name), ("$role", user.Role), ("$crew", user.CrewId),
            ("$hash", _hasher.HashPassword(user, password)), ("$now", time.GetUtcNow().ToUnixTimeMilliseconds()));
    }

    /// <summary>The user whose password this is; null for a wrong name or password alike.</summary>
    public User? Verify(string name, string password)
    {
        var found = Read(name);
        var verdict = _hasher.VerifyHashedPassword(found?.User ?? Nobody, found?.Hash ?? _decoy, password);
        return verdict == PasswordVerificationResult.Failed ? null : found?.User;
    }

    public User? Find(string name) => Read(name)?.User;

    private (User User, string Hash)? Read(string name)
    {
        using var connection = database.Connect();
        var rows = connection.Query(
            "SELECT name, role, crew_id, password_hash FROM users WHERE name = $name",
            row => (new User(row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2)), row.GetString(3)),
            ("$name", name));
        return rows.Count == 0 ? null : rows[0];
    }
}
