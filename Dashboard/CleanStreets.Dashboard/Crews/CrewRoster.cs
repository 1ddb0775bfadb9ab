using CleanStreets.Contracts;
using CleanStreets.Dashboard.Data;
using CleanStreets.WorkOrders;

namespace CleanStreets.Dashboard.Crews;

/// <summary>The crews at work: those that have somebody who can log in.</summary>
internal sealed class CrewRoster(DashboardDatabase database)
{
    /// <summary>Crews in the order of their ids, the day's <paramref name="capacity"/> split evenly over them.</summary>
    public IReadOnlyList<Crew> Crews(int capacity)
    {
        using var connection = database.Connect();
        var ids = connection.Query("SELECT DISTINCT crew_id FROM users WHERE role = 'crew' AND crew_id IS NOT NULL ORDER BY crew_id", row => row.GetString(0));
        return [.. ids.Select((id, i) => new Crew
        {
            Id = CrewId.Parse(id),
            Name = NameOf(id),
            OrdersPerDay = (capacity / ids.Count) + (i < capacity % ids.Count ? 1 : 0),
        })];
    }

    private static string NameOf(string id) => char.ToUpperInvariant(id[0]) + id[1..].Replace('-', ' ');
}
