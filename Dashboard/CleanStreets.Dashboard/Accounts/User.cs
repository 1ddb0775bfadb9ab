namespace CleanStreets.Dashboard.Accounts;

/// <summary>Somebody who may log in.</summary>
/// <param name="Name">Log-in name.</param>
/// <param name="Role">One of <see cref="Roles.Known"/>.</param>
/// <param name="CrewId">The crew of a crew user.</param>
internal sealed record User(string Name, string Role, string? CrewId);
