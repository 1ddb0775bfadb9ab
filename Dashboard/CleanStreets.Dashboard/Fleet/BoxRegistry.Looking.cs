using CleanStreets.Contracts;
using CleanStreets.Contracts.Boxes;
using CleanStreets.Dashboard.Data;

namespace CleanStreets.Dashboard.Fleet;

/// <summary>What the registry says when asked.</summary>
internal sealed partial class BoxRegistry
{
    /// <summary>Every box, by name.</summary>
    public IReadOnlyList<BoxView> List()
    {
        var now = time.GetUtcNow();
        using var connection = database.Connect();
        var history = FleetFiles.Assignments(connection).ToLookup(entry => entry.DeviceId, StringComparer.Ordinal);
        return connection.Query(
            """
            SELECT b.device_id, b.wipe_id IS NOT NULL, b.wiped_at,
                (SELECT max(not_after) FROM certificates c WHERE c.device_id = b.device_id AND c.revoked_at IS NULL),
                (SELECT count(*) FROM certificates c WHERE c.device_id = b.device_id),
                (SELECT max(expires_at) FROM codes k WHERE k.device_id = b.device_id AND k.used_at IS NULL),
                (SELECT truck_id FROM codes k WHERE k.device_id = b.device_id AND k.used_at IS NULL)
            FROM boxes b ORDER BY b.device_id
            """,
            row =>
            {
                var (device, endsAt, codeEndsAt) = (row.GetString(0), Time(row, 3), Time(row, 5));
                var current = history[device].FirstOrDefault(entry => entry.To is null);
                return new BoxView
                {
                    DeviceId = device,
                    State = StateOf(!row.IsDBNull(2), row.GetInt64(4) > 0, endsAt, now),
                    TruckId = current?.TruckId,
                    ExpectedTruckId = row.IsDBNull(6) ? null : row.GetString(6),
                    AssignedFrom = current?.From,
                    CertificateEndsAt = endsAt,
                    CodeEndsAt = codeEndsAt > now ? codeEndsAt : null,
                    WipeWanted = row.GetInt64(1) != 0,
                    History = [.. history[device]],
                };
            });
    }

    /// <summary>What each box should know of itself.</summary>
    public IReadOnlyList<BoxAssignment> Wishes()
    {
        using var connection = database.Connect();
        return connection.Query(
            """
            SELECT b.device_id, a.truck_id, a.from_ms, b.wipe_id
            FROM boxes b LEFT JOIN assignments a ON a.device_id = b.device_id AND a.to_ms IS NULL
            WHERE EXISTS (SELECT 1 FROM certificates c WHERE c.device_id = b.device_id AND c.revoked_at IS NULL)
            """,
            row => new BoxAssignment { DeviceId = DeviceId.Parse(row.GetString(0)), TruckId = Truck(row, 1), From = Time(row, 2), Wipe = row.IsDBNull(3) ? null : row.GetString(3) });
    }

    /// <summary>What was done with a box and by whom, newest first.</summary>
    public IReadOnlyList<BoxEvent> Events(DeviceId device)
    {
        using var connection = database.Connect();
        return connection.Query(
            "SELECT at, who, what FROM events WHERE device_id = $device ORDER BY number DESC LIMIT 100",
            row => new BoxEvent(Time(row, 0)!.Value, row.GetString(1), row.GetString(2)),
            ("$device", device.Value));
    }

    private static BoxState StateOf(bool wiped, bool everEnrolled, DateTimeOffset? endsAt, DateTimeOffset now) =>
        endsAt > now ? BoxState.Enrolled
        : endsAt is not null ? BoxState.Expired
        : wiped ? BoxState.Wiped
        : everEnrolled ? BoxState.Revoked
        : BoxState.Expected;
}

/// <summary>Something that was done with a box.</summary>
internal sealed record BoxEvent(DateTimeOffset At, string Who, string What);
