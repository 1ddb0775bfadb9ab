using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Disk;
using CleanStreets.Dashboard.Data;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Dashboard.Fleet;

/// <summary>The files through which ingest, or any other listener, enforces what the registry says. Each is replaced whole; ingest reads what changed again.</summary>
/// <remarks>
/// <code>
/// authority.pem    whose certificates are trusted           --mqtt-tls-ca
/// door.pem, .key   the server's certificate and key         --mqtt-tls-cert, --mqtt-tls-key
/// revoked.pem      what is trusted no more                  --mqtt-crl
/// trucks.acl       what each box may say and hear           --mqtt-acl
/// assignments.csv  which box sat on which truck when        --mqtt-assignments
/// </code>
/// </remarks>
internal sealed class FleetFiles(FleetDatabase database, CityAuthority authority, TimeProvider time)
{
    /// <summary>How long a box may still bring what it took on an earlier truck. Longer than any outage; ingest judges each reading by its time.</summary>
    public static readonly TimeSpan LateReadings = TimeSpan.FromDays(30);

    private static readonly TimeSpan RevocationsRenewed = TimeSpan.FromDays(1);

    /// <summary>Where the files lie.</summary>
    public string Folder => Path.Combine(database.Folder, "published");

    /// <summary>Rules of one's own, added to the access rules when the file is there.</summary>
    public string OwnRules => Path.Combine(database.Folder, "extra.acl");

    public string DoorCertificate => Path.Combine(Folder, "door.pem");

    public string DoorKey => Path.Combine(Folder, "door.key");

    /// <summary>Writes what changed. Under the registry's write lock, so that an older state never replaces a newer one.</summary>
    public void Write() => database.Change(connection =>
    {
        Directory.CreateDirectory(Folder);
        WriteChanged("authority.pem", authority.Pem + "\n");
        WriteRevocations(connection);
        var assignments = Assignments(connection);
        WriteChanged("assignments.csv", AssignmentLines(assignments));
        WriteChanged("trucks.acl", Rules(connection, assignments));
        return true;
    });

    /// <summary>Makes or renews the certificate of the doors: when there is none, the names are others, or a third of its life is left.</summary>
    /// <returns>Whether there is a new one.</returns>
    public bool EnsureDoor(IReadOnlyList<string> names) => database.Change(_ =>
    {
        Directory.CreateDirectory(Folder);
        if (File.Exists(DoorCertificate) && File.Exists(DoorKey) && IsGood(names))
        {
            return false;
        }

        // The key first: a listener that looks between the two finds a pair that does not fit, says so, and looks again.
        var (certificate, key) = authority.MakeDoor(names);
        WholeFile.Write(DoorKey, Encoding.ASCII.GetBytes(key), WholeFile.Secret);
        WholeFile.Write(DoorCertificate, Encoding.ASCII.GetBytes(certificate));
        return true;
    });

    /// <summary>Every assignment there ever was, oldest first.</summary>
    public static IReadOnlyList<BoxTruck> Assignments(SqliteConnection connection) => connection.Query(
        "SELECT device_id, truck_id, from_ms, to_ms FROM assignments ORDER BY number",
        row => new BoxTruck(
            row.GetString(0), row.GetString(1), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)), row.IsDBNull(3) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3))));

    private bool IsGood(IReadOnlyList<string> names)
    {
        try
        {
            using var current = X509Certificate2.CreateFromPemFile(DoorCertificate, DoorKey);
            var alternatives = current.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
            var known = alternatives is null ? [] : alternatives.EnumerateDnsNames().Concat(alternatives.EnumerateIPAddresses().Select(address => address.ToString())).ToHashSet(StringComparer.OrdinalIgnoreCase);
            return known.SetEquals(names) && authority.Signed(current) && new DateTimeOffset(current.NotAfter) - time.GetUtcNow() > CityAuthority.DoorValidity / 3;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static string AssignmentLines(IReadOnlyList<BoxTruck> assignments)
    {
        var lines = new StringBuilder("deviceId,truckId,from,to\n");
        foreach (var entry in assignments)
        {
            lines.Append(CultureInfo.InvariantCulture, $"{entry.DeviceId},{entry.TruckId},{Iso(entry.From)},{(entry.To is { } to ? Iso(to) : "")}\n");
        }

        return lines.ToString();

        static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
    }

    private string Rules(SqliteConnection connection, IReadOnlyList<BoxTruck> assignments)
    {
        var since = time.GetUtcNow() - LateReadings;
        var trusted = connection.Query("SELECT DISTINCT device_id FROM certificates WHERE revoked_at IS NULL ORDER BY device_id", row => row.GetString(0));
        var trucks = assignments.Where(entry => entry.To is null || entry.To > since).ToLookup(entry => entry.DeviceId, StringComparer.Ordinal);
        var rules = new StringBuilder(
            """
            # Written by the registry of boxes whenever it changes; rules of your own belong into extra.acl beside the registry.

            # A box, by the common name of its certificate: what is about itself.
            pattern read cleanstreets/v1/assignments/%u
            pattern read cleanstreets/v1/requests/%u
            pattern write cleanstreets/v1/answers/%u

            # Releases are signed; every box may hear what each ring is offered.
            pattern read cleanstreets/v1/releases/+/+

            # Clients without user name: programs of this machine (the dashboard).
            topic read cleanstreets/v1/#
            topic write cleanstreets/v1/facts/+
            topic write cleanstreets/v1/config/+
            topic write cleanstreets/v1/evidence-acks/+
            topic write cleanstreets/v1/status/+
            topic write cleanstreets/v1/assignments/+
            topic write cleanstreets/v1/requests/+
            topic write cleanstreets/v1/answers/+
            topic write cleanstreets/v1/releases/+/+
            topic write cleanstreets/v1/work-orders/+/+

            """);
        foreach (var device in trusted)
        {
            var topics = Topics.Default;
            rules.Append(CultureInfo.InvariantCulture, $"\nuser {device}\n");
            foreach (var entry in trucks[device].DistinctBy(entry => (entry.TruckId, entry.To is null)).OrderBy(entry => entry.To is not null))
            {
                var truck = TruckId.Parse(entry.TruckId);
                rules.Append(CultureInfo.InvariantCulture, $"topic write {topics.Readings(truck)}\ntopic read {topics.Acks(truck)}\n");
                if (entry.To is null)
                {
                    rules.Append(CultureInfo.InvariantCulture, $"topic write {topics.Status(truck)}\ntopic read {topics.Config(truck)}\ntopic write {topics.Root}/v1/evidence/{truck}/+\ntopic read {topics.EvidenceAcks(truck)}\n");
                }
            }
        }

        if (File.Exists(OwnRules))
        {
            rules.Append("\n# extra.acl\n").Append(File.ReadAllText(OwnRules));
        }

        return rules.ToString();
    }

    private void WriteRevocations(SqliteConnection connection)
    {
        var now = time.GetUtcNow();
        var revoked = connection.Query(
            "SELECT serial, revoked_at, reason FROM certificates WHERE revoked_at IS NOT NULL AND not_after > $now ORDER BY serial",
            row => (Serial: row.GetString(0), At: DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)), Reason: (X509RevocationReason)row.GetInt64(2)),
            ("$now", now.ToUnixTimeMilliseconds()));
        var mark = "# " + Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join(' ', revoked.Select(entry => entry.Serial)))));
        var path = Path.Combine(Folder, "revoked.pem");
        var isNew = !File.Exists(path) || File.ReadLines(path).FirstOrDefault() != mark || now.UtcDateTime - File.GetLastWriteTimeUtc(path) > RevocationsRenewed;
        if (isNew)
        {
            WholeFile.Write(path, Encoding.ASCII.GetBytes(mark + "\n" + authority.Revocations(revoked)));
        }
    }

    private void WriteChanged(string name, string text)
    {
        var (path, bytes) = (Path.Combine(Folder, name), Encoding.UTF8.GetBytes(text));
        if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
        {
            WholeFile.Write(path, bytes);
        }
    }
}
