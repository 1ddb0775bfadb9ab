using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Boxes;
using CleanStreets.Dashboard.Data;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Dashboard.Fleet;

/// <summary>Which boxes the city has, what certificates they hold, and on which truck each sat when.</summary>
/// <remarks>Any thread, and several programs at once. Every change is one transaction and one event, and writes the files that ingest reads anew.</remarks>
internal sealed partial class BoxRegistry(FleetDatabase database, CityAuthority authority, FleetFiles files, TimeProvider time)
{
    /// <summary>Certificates that one box may be given in an hour: far above what renewal needs, and a bound on what a stolen key can fill.</summary>
    public const int CertificatesAnHour = 60;

    private const int CertificateReplaced = (int)X509RevocationReason.Superseded, KeyLost = (int)X509RevocationReason.KeyCompromise, Gone = (int)X509RevocationReason.CessationOfOperation;

    /// <summary>The part of a code that is the same in all of this city.</summary>
    public string Fingerprint => authority.Fingerprint;

    /// <summary>How long the certificates of boxes last.</summary>
    public TimeSpan BoxValidity { get; init; } = CityAuthority.BoxValidity;

    /// <summary>Makes a one-time code for a box; codes that were out for it before count no more.</summary>
    /// <param name="device">The box; it need not be known yet.</param>
    /// <param name="truck">The truck that it will sit on from its enrolment on; null: as it is.</param>
    /// <param name="validity">How long the code can be used.</param>
    /// <param name="who">Who asked, for the record.</param>
    public (EnrolmentCode Code, DateTimeOffset EndsAt) MakeCode(DeviceId device, TruckId? truck, TimeSpan validity, string who)
    {
        var code = new EnrolmentCode(CodeBook.NewSecret(), authority.Fingerprint);
        var (hash, now) = (CodeBook.Hash(code.Secret, authority.Fingerprint), time.GetUtcNow());
        var endsAt = now + validity;
        database.Change(connection =>
        {
            connection.Run("INSERT INTO boxes (device_id, created_at) VALUES ($device, $now) ON CONFLICT DO NOTHING", null, ("$device", device.Value), ("$now", Ms(now)));
            connection.Run("DELETE FROM codes WHERE device_id = $device AND used_at IS NULL", null, ("$device", device.Value));
            connection.Run(
                "INSERT INTO codes (hash, device_id, truck_id, created_at, expires_at) VALUES ($hash, $device, $truck, $now, $end)", null, ("$hash", hash), ("$device", device.Value), ("$truck", truck?.Value), ("$now", Ms(now)), ("$end", Ms(endsAt)));
            return Note(connection, device, who, $"code made, good until {endsAt:u}");
        });
        return (code, endsAt);
    }

    /// <summary>Gives a certificate for a code. The same code with the same key is answered again with the same certificate, because answers get lost.</summary>
    /// <exception cref="FleetException"><c>code_unknown</c>, <c>code_expired</c>, <c>code_used</c> or <c>request_refused</c>; the code stays what it was.</exception>
    public EnrolledBox Enrol(string secret, string request, string from)
    {
        var (hash, now) = (CodeBook.Hash(secret, authority.Fingerprint), time.GetUtcNow());
        var enrolled = database.Change(connection =>
        {
            var code = connection.Query(
                "SELECT device_id, truck_id, expires_at, used_at, used_key, serial FROM codes WHERE hash = $hash",
                row => new KeptCode(
                    DeviceId.Parse(row.GetString(0)), Truck(row, 1), Time(row, 2)!.Value, Time(row, 3), row.IsDBNull(4) ? null : (byte[])row[4], row.IsDBNull(5) ? null : row.GetString(5)),
                ("$hash", hash)).FirstOrDefault()
                ?? throw new FleetException("code_unknown", "This code is not one of the city's: check it for a slip, or ask for a new one.");
            using var certificate = authority.SignBox(code.Device, request, BoxValidity);
            var key = SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo());
            if (code.UsedAt is { } usedAt)
            {
                return code.Key is { } before && CryptographicOperations.FixedTimeEquals(before, key) && now < code.EndsAt
                    ? new EnrolledBox(code.Device, TruckOf(connection, code.Device), PemOf(connection, code.Serial!), Made: false)
                    : throw new FleetException("code_used", $"This code was used on {usedAt:u} already: ask for a new one. If it was not you, tell the city at once.");
            }

            if (now >= code.EndsAt)
            {
                throw new FleetException("code_expired", $"This code ended on {code.EndsAt:u}: ask for a new one.");
            }

            connection.Run(
                "UPDATE certificates SET revoked_at = $now, reason = $reason WHERE device_id = $device AND revoked_at IS NULL", null, ("$now", Ms(now)), ("$reason", CertificateReplaced), ("$device", code.Device.Value));
            Keep(connection, code.Device, certificate, now);
            connection.Run(
                "UPDATE codes SET used_at = $now, used_key = $key, serial = $serial WHERE hash = $hash", null, ("$now", Ms(now)), ("$key", key), ("$serial", certificate.SerialNumber), ("$hash", hash));
            connection.Run("UPDATE boxes SET wipe_id = NULL, wiped_at = NULL WHERE device_id = $device", null, ("$device", code.Device.Value));
            if (code.Truck is { } truck && TruckOf(connection, code.Device) != truck)
            {
                Move(connection, code.Device, truck, now);
            }

            Note(connection, code.Device, "box at " + from, $"enrolled, certificate {certificate.SerialNumber} until {certificate.NotAfter.ToUniversalTime():u}");
            return new EnrolledBox(code.Device, TruckOf(connection, code.Device), certificate.ExportCertificatePem(), Made: true);
        });
        if (enrolled.Made)
        {
            files.Write();
        }

        return enrolled;
    }

    /// <summary>Gives a new certificate to a box that shows the one it has.</summary>
    /// <exception cref="FleetException"><c>not_known</c> or <c>request_refused</c>.</exception>
    public EnrolledBox Renew(X509Certificate2 shown, string request, string from)
    {
        var now = time.GetUtcNow();
        if (!authority.Vouches(shown))
        {
            throw new FleetException("not_known", "The certificate is not one of this city's, or is not in force now.");
        }

        return database.Change(connection =>
        {
            var device = connection.Query(
                "SELECT device_id FROM certificates WHERE serial = $serial AND revoked_at IS NULL", row => DeviceId.Parse(row.GetString(0)), ("$serial", shown.SerialNumber));
            if (device.Count == 0)
            {
                throw new FleetException("not_known", "The certificate has been revoked: ask for a new code.");
            }

            if (connection.Scalar("SELECT count(*) FROM certificates WHERE device_id = $device AND issued_at > $since", ("$device", device[0].Value), ("$since", Ms(now.AddHours(-1)))) >= CertificatesAnHour)
            {
                throw new FleetException("too_many_certificates", $"This box was given {CertificatesAnHour} certificates within an hour: something is wrong with it.");
            }

            using var certificate = authority.SignBox(device[0], request, BoxValidity);
            Keep(connection, device[0], certificate, now);
            Note(connection, device[0], "box at " + from, $"renewed, certificate {certificate.SerialNumber} until {certificate.NotAfter.ToUniversalTime():u}");
            return new EnrolledBox(device[0], TruckOf(connection, device[0]), certificate.ExportCertificatePem(), Made: true);
        });
    }

    /// <summary>Takes back every certificate and code of a box: its links are cut as soon as the listener has read the list.</summary>
    /// <exception cref="FleetException">There is no such box.</exception>
    public void Revoke(DeviceId device, string who) => ChangeBox(device, connection =>
    {
        TakeBack(connection, device, KeyLost);
        Note(connection, device, who, "revoked");
    });

    /// <summary>Wants a box to forget everything. It hears so when it next has a link; until it answers, nothing else changes.</summary>
    /// <exception cref="FleetException">There is no such box.</exception>
    public void Wipe(DeviceId device, string who) => ChangeBox(device, connection =>
    {
        connection.Run("UPDATE boxes SET wipe_id = $id WHERE device_id = $device", null, ("$id", RandomNumberGenerator.GetHexString(16, lowercase: true)), ("$device", device.Value));
        Note(connection, device, who, "told to forget everything");
    });

    /// <summary>A box says that it forgot everything.</summary>
    /// <returns>Whether that was wanted.</returns>
    public bool Wiped(DeviceId device, string wipeId)
    {
        var now = time.GetUtcNow();
        var wanted = database.Change(connection =>
        {
            if (connection.Run("UPDATE boxes SET wipe_id = NULL, wiped_at = $now WHERE device_id = $device AND wipe_id = $id", null, ("$now", Ms(now)), ("$device", device.Value), ("$id", wipeId)) == 0)
            {
                return false;
            }

            TakeBack(connection, device, Gone);
            End(connection, "device_id", device.Value, now);
            return Note(connection, device, "box", "forgot everything");
        });
        if (wanted)
        {
            files.Write();
        }

        return wanted;
    }

    /// <summary>Says which truck a box sits on from some time on. The box that sat there before sits nowhere from then on.</summary>
    /// <param name="device">The box.</param>
    /// <param name="truck">The truck; null: none.</param>
    /// <param name="from">Since when; null: now. Not before what is known of box and truck, and not in the future.</param>
    /// <param name="who">Who says so.</param>
    /// <returns>What comes too late for it: readings of the time between that were accepted for a truck on which their box sat no more.</returns>
    /// <exception cref="FleetException">There is no such box, or the time cannot be.</exception>
    public IReadOnlyList<StayingReadings> Assign(DeviceId device, TruckId? truck, DateTimeOffset? from, string who)
    {
        IReadOnlyList<StayingReadings> staying = [];
        ChangeBox(device, connection => staying = Assign(connection, device, truck, from, who));
        return staying;
    }

    private List<StayingReadings> Assign(SqliteConnection connection, DeviceId device, TruckId? truck, DateTimeOffset? from, string who)
    {
        var now = time.GetUtcNow();
        var since = from ?? now;
        if (since > now)
        {
            throw new FleetException("time_in_future", "A box cannot sit on a truck from a time in the future on: say so when it does.");
        }

        if (truck == TruckOf(connection, device) && truck is not null)
        {
            throw new FleetException("assigned_already", $"{device} sits on {truck} already.");
        }

        var staying = StayingSince(connection, device, truck, since, now);
        if (truck is { } on)
        {
            Move(connection, device, on, since);
        }
        else
        {
            DemandAfter(connection, "device_id", device.Value, since);
            End(connection, "device_id", device.Value, since);
        }

        Note(connection, device, who, string.Join("; ", staying.Select(readings => readings.Text).Prepend(truck is null ? $"taken off its truck at {since:u}" : $"on {truck} from {since:u}")));
        return staying;
    }

    private static List<StayingReadings> StayingSince(SqliteConnection connection, DeviceId device, TruckId? truck, DateTimeOffset since, DateTimeOffset now) => since >= now ? [] : connection.Query(
        "SELECT device_id, truck_id FROM assignments WHERE to_ms IS NULL AND (device_id = $device OR truck_id = $truck) ORDER BY device_id",
        row => new StayingReadings(DeviceId.Parse(row.GetString(0)), TruckId.Parse(row.GetString(1)), since, now),
        ("$device", device.Value), ("$truck", truck?.Value ?? ""));

    private void ChangeBox(DeviceId device, Action<SqliteConnection> change)
    {
        database.Change(connection =>
        {
            if (connection.Scalar("SELECT count(*) FROM boxes WHERE device_id = $device", ("$device", device.Value)) == 0)
            {
                throw new FleetException("box_unknown", $"There is no box '{device}': make a code for it first.");
            }

            change(connection);
            return true;
        });
        files.Write();
    }

    private static void Move(SqliteConnection connection, DeviceId device, TruckId truck, DateTimeOffset since)
    {
        DemandAfter(connection, "device_id", device.Value, since);
        DemandAfter(connection, "truck_id", truck.Value, since);
        End(connection, "device_id", device.Value, since);
        End(connection, "truck_id", truck.Value, since);
        connection.Run(
            "INSERT INTO assignments (device_id, truck_id, from_ms) VALUES ($device, $truck, $from)", null, ("$device", device.Value), ("$truck", truck.Value), ("$from", Ms(since)));
    }

    private static void DemandAfter(SqliteConnection connection, string column, string id, DateTimeOffset since)
    {
        var last = connection.Scalar(
            column == "device_id"
                ? "SELECT max(max(from_ms, coalesce(to_ms, 0))) FROM assignments WHERE device_id = $id"
                : "SELECT max(max(from_ms, coalesce(to_ms, 0))) FROM assignments WHERE truck_id = $id",
            ("$id", id));
        if (Ms(since) < last)
        {
            throw new FleetException(
                "time_before_last", $"{id} was last moved at {DateTimeOffset.FromUnixTimeMilliseconds(last).ToString("u", CultureInfo.InvariantCulture)}: what came before is history and stays.");
        }
    }

    private static void End(SqliteConnection connection, string column, string id, DateTimeOffset at) => connection.Run(
        column == "device_id"
            ? "UPDATE assignments SET to_ms = $at WHERE device_id = $id AND to_ms IS NULL"
            : "UPDATE assignments SET to_ms = $at WHERE truck_id = $id AND to_ms IS NULL", null, ("$at", Ms(at)), ("$id", id));

    private void TakeBack(SqliteConnection connection, DeviceId device, int reason)
    {
        connection.Run(
            "UPDATE certificates SET revoked_at = $now, reason = $reason WHERE device_id = $device AND revoked_at IS NULL", null, ("$now", Ms(time.GetUtcNow())), ("$reason", reason), ("$device", device.Value));
        connection.Run("DELETE FROM codes WHERE device_id = $device AND used_at IS NULL", null, ("$device", device.Value));
    }

    private static void Keep(SqliteConnection connection, DeviceId device, X509Certificate2 certificate, DateTimeOffset now) => connection.Run(
        "INSERT INTO certificates (serial, device_id, not_after, issued_at, pem) VALUES ($serial, $device, $end, $now, $pem)", null, ("$serial", certificate.SerialNumber), ("$device", device.Value), ("$end", new DateTimeOffset(certificate.NotAfter).ToUnixTimeMilliseconds()), ("$now", Ms(now)),
        ("$pem", certificate.ExportCertificatePem()));

    private bool Note(SqliteConnection connection, DeviceId device, string who, string what) => connection.Run(
        "INSERT INTO events (at, device_id, who, what) VALUES ($at, $device, $who, $what)", null, ("$at", Ms(time.GetUtcNow())), ("$device", device.Value), ("$who", who), ("$what", what)) > 0;

    private static TruckId? TruckOf(SqliteConnection connection, DeviceId device) => connection.Query<TruckId?>(
        "SELECT truck_id FROM assignments WHERE device_id = $device AND to_ms IS NULL", row => Truck(row, 0), ("$device", device.Value)).FirstOrDefault();

    private static string PemOf(SqliteConnection connection, string serial) =>
        connection.Query("SELECT pem FROM certificates WHERE serial = $serial", row => row.GetString(0), ("$serial", serial))[0];

    private static TruckId? Truck(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : TruckId.Parse(row.GetString(column));

    private static DateTimeOffset? Time(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    private static long Ms(DateTimeOffset at) => at.ToUnixTimeMilliseconds();

    private sealed record KeptCode(DeviceId Device, TruckId? Truck, DateTimeOffset EndsAt, DateTimeOffset? UsedAt, byte[]? Key, string? Serial);
}

/// <summary>What a box was given.</summary>
/// <param name="DeviceId">The box.</param>
/// <param name="TruckId">The truck that it sits on now.</param>
/// <param name="Certificate">PEM.</param>
/// <param name="Made">Whether it is new; false: the same answer again.</param>
internal sealed record EnrolledBox(DeviceId DeviceId, TruckId? TruckId, string Certificate, bool Made);
