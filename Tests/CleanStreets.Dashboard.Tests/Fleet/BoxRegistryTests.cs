using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CleanStreets.Contracts;
using CleanStreets.Dashboard.Fleet;
using CleanStreets.Mqtt.Listener.Access;
using CleanStreets.Testing;

namespace CleanStreets.Dashboard.Tests.Fleet;

/// <summary>Codes, certificates and assignments, one rule a test.</summary>
public sealed class BoxRegistryTests : IDisposable
{
    private static readonly DeviceId Box = DeviceId.Parse("box-1"), Other = DeviceId.Parse("box-2");
    private static readonly TruckId Truck = TruckId.Parse("truck-1"), Second = TruckId.Parse("truck-2");

    private readonly FleetBench _bench = new();

    private BoxRegistry Registry => _bench.Registry;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Certificate_names_the_box_whatever_its_request_says_and_is_for_a_client_for_a_year()
    {
        var enrolled = Enrol(Box, Truck);
        using var certificate = X509Certificate2.CreateFromPem(enrolled.Certificate);
        certificate.Subject.ShouldBe("CN=box-1");
        certificate.Issuer.ShouldBe(_bench.Authority.Certificate.Subject);
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<Oid>().Single().Value.ShouldBe("1.3.6.1.5.5.7.3.2");
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority.ShouldBeFalse();
        new DateTimeOffset(certificate.NotAfter).ShouldBe(_bench.Clock.GetUtcNow().AddDays(365), TimeSpan.FromSeconds(1));
        enrolled.TruckId.ShouldBe(Truck);
        Registry.List().Single().ShouldSatisfyAllConditions(
            box => box.State.ShouldBe(BoxState.Enrolled), box => box.TruckId.ShouldBe("truck-1"), box => box.CodeEndsAt.ShouldBeNull("it is used"));
    }

    [Fact]
    public void Key_of_the_authority_is_its_owners_alone_and_codes_are_kept_as_hashes()
    {
        var code = Registry.MakeCode(Box, null, TimeSpan.FromDays(1), "test").Code;
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Path.Combine(_bench.DataFolder, "fleet", "authority.key")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Directory.EnumerateFiles(_bench.DataFolder, "*", SearchOption.AllDirectories).ShouldNotContain(file => Holds(file, code.Secret));
        _bench.Published("authority.pem").ShouldNotContain("PRIVATE");
    }

    [Fact]
    public void Code_counts_once_but_its_answer_may_be_asked_again_with_the_same_key()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var code = Registry.MakeCode(Box, Truck, TimeSpan.FromDays(1), "test").Code;
        var first = Registry.Enrol(code.Secret, FleetBench.NewRequest(key), "test");
        var again = Registry.Enrol(code.Secret, FleetBench.NewRequest(key), "test");
        again.Certificate.ShouldBe(first.Certificate, "the answer was lost on the way");
        again.Made.ShouldBeFalse();
        Refused(() => Registry.Enrol(code.Secret, FleetBench.NewRequest(), "test"), "code_used");
        Registry.List().Single().State.ShouldBe(BoxState.Enrolled, "a replay takes nothing from the box");
    }

    [Fact]
    public void Code_ends_and_a_newer_one_ends_it_too()
    {
        var old = Registry.MakeCode(Box, null, TimeSpan.FromDays(1), "test").Code;
        var code = Registry.MakeCode(Box, null, TimeSpan.FromDays(1), "test").Code;
        Refused(() => Registry.Enrol(old.Secret, FleetBench.NewRequest(), "test"), "code_unknown");
        _bench.Clock.Advance(TimeSpan.FromDays(1));
        Refused(() => Registry.Enrol(code.Secret, FleetBench.NewRequest(), "test"), "code_expired");
        Refused(() => Registry.Enrol("00000000", FleetBench.NewRequest(), "test"), "code_unknown");
    }

    [Fact]
    public void Request_that_is_not_one_leaves_the_code_as_it_was()
    {
        var code = Registry.MakeCode(Box, null, TimeSpan.FromDays(1), "test").Code;
        using var weak = RSA.Create(1024);
        using var strange = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        string[] requests =
        [
            "", "nothing", _bench.Authority.Pem, new string('a', 100_000), FleetBench.NewRequest(strange), Forged(),
            new CertificateRequest("CN=x", weak, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequestPem(),
        ];
        foreach (var request in requests)
        {
            Refused(() => Registry.Enrol(code.Secret, request, "test"), "request_refused");
        }

        Registry.Enrol(code.Secret, FleetBench.NewRequest(), "test").Made.ShouldBeTrue();
    }

    [Fact]
    public void New_enrolment_takes_the_earlier_certificate_back()
    {
        var first = Enrol(Box, Truck);
        Enrol(Box, null).TruckId.ShouldBe(Truck, "the new code said nothing of a truck");
        IsRevoked(first.Certificate).ShouldBeTrue();
    }

    [Fact]
    public void Renewal_wants_a_certificate_in_force_of_this_city()
    {
        var first = Enrol(Box, Truck);
        using var shown = X509Certificate2.CreateFromPem(first.Certificate);
        _bench.Clock.Advance(TimeSpan.FromDays(300));
        var second = Registry.Renew(shown, FleetBench.NewRequest(), "test");
        using var renewed = X509Certificate2.CreateFromPem(second.Certificate);
        renewed.Subject.ShouldBe("CN=box-1");
        renewed.NotAfter.ShouldBeGreaterThan(shown.NotAfter);
        IsRevoked(first.Certificate).ShouldBeFalse("the box may lose power before it has put the new one in place");

        using var elsewhere = new TestCertificates();
        Refused(() => Registry.Renew(elsewhere.Client("box-1"), FleetBench.NewRequest(), "test"), "not_known");
        _bench.Clock.Advance(TimeSpan.FromDays(66));
        Refused(() => Registry.Renew(shown, FleetBench.NewRequest(), "test"), "not_known");
        Registry.Revoke(Box, "test");
        Refused(() => Registry.Renew(renewed, FleetBench.NewRequest(), "test"), "not_known");
    }

    [Fact]
    public void Renewals_are_bounded()
    {
        using var shown = X509Certificate2.CreateFromPem(Enrol(Box, Truck).Certificate);
        for (var i = 1; i < BoxRegistry.CertificatesAnHour; i++)
        {
            Registry.Renew(shown, FleetBench.NewRequest(), "test");
        }

        Refused(() => Registry.Renew(shown, FleetBench.NewRequest(), "test"), "too_many_certificates");
    }

    [Fact]
    public void Revoked_box_is_on_the_list_that_the_listener_reads_and_out_of_its_rules()
    {
        var enrolled = Enrol(Box, Truck);
        IsRevoked(enrolled.Certificate).ShouldBeFalse();
        Registry.Revoke(Box, "test");
        IsRevoked(enrolled.Certificate).ShouldBeTrue();
        _bench.Published("trucks.acl").ShouldNotContain("user box-1");
        Registry.List().Single().State.ShouldBe(BoxState.Revoked);
        Registry.Events(Box)[0].What.ShouldBe("revoked");
        Refused(() => Registry.Revoke(Other, "test"), "box_unknown");
    }

    [Fact]
    public void Swapped_box_takes_over_and_both_keep_their_history()
    {
        Enrol(Box, Truck);
        Enrol(Other, Second);
        _bench.Clock.Advance(TimeSpan.FromHours(2));
        Registry.Assign(Other, Truck, from: null, "test");
        var boxes = Registry.List().ToDictionary(box => box.DeviceId);
        boxes["box-1"].TruckId.ShouldBeNull("another box sits there now");
        boxes["box-2"].TruckId.ShouldBe("truck-1");
        boxes["box-2"].History.Select(entry => (entry.TruckId, entry.To.HasValue)).ShouldBe([("truck-2", true), ("truck-1", false)]);
        _bench.Published("assignments.csv").Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(
        [
            "deviceId,truckId,from,to", "box-1,truck-1,2026-11-26T05:00:00.000Z,2026-11-26T07:00:00.000Z",
            "box-2,truck-2,2026-11-26T05:00:00.000Z,2026-11-26T07:00:00.000Z", "box-2,truck-1,2026-11-26T07:00:00.000Z,",
        ]);
        Refused(() => Registry.Assign(Other, Truck, null, "test"), "assigned_already");
        Refused(() => Registry.Assign(Box, Second, _bench.Clock.GetUtcNow().AddHours(-1), "test"), "time_before_last");
        Refused(() => Registry.Assign(Box, Second, _bench.Clock.GetUtcNow().AddHours(1), "test"), "time_in_future");
        _bench.Clock.Advance(TimeSpan.FromHours(1));
        Registry.Assign(Box, Second, _bench.Clock.GetUtcNow().AddMinutes(-30), "test");
        Registry.List()[0].AssignedFrom.ShouldBe(_bench.Clock.GetUtcNow().AddMinutes(-30), "a swap may be told later");
    }

    [Fact]
    public void Swap_told_later_says_which_readings_stay_where_they_were_accepted()
    {
        Enrol(Box, Truck);
        Enrol(Other, Second);
        _bench.Clock.Advance(TimeSpan.FromHours(2));
        var (told, swapped) = (_bench.Clock.GetUtcNow(), _bench.Clock.GetUtcNow().AddMinutes(-90));
        Registry.Assign(Box, Second, swapped, "test").ShouldBe([new(Box, Truck, swapped, told), new(Other, Second, swapped, told)]);
        Registry.Events(Box)[0].What.ShouldBe(
            "on truck-2 from 2026-11-26 05:30:00Z; what box-1 sent from 2026-11-26 05:30:00Z to 2026-11-26 07:00:00Z stays with truck-1, for which it was accepted; "
            + "what box-2 sent from 2026-11-26 05:30:00Z to 2026-11-26 07:00:00Z stays with truck-2, for which it was accepted");
        Registry.Assign(Other, Truck, null, "test").ShouldBeEmpty("told at once, nothing was accepted in between");
        Registry.Assign(Box, null, told, "test").ShouldBeEmpty();
        _bench.Clock.Advance(TimeSpan.FromHours(1));
        Registry.Assign(Other, null, told.AddMinutes(30), "test").ShouldHaveSingleItem().TruckId.ShouldBe(Truck);
    }

    [Fact]
    public void Rules_let_a_box_speak_for_its_own_truck_and_bring_late_readings_of_the_last_one()
    {
        Enrol(Box, Truck);
        Enrol(Other, Second);
        _bench.Clock.Advance(TimeSpan.FromHours(1));
        Registry.Assign(Other, Truck, null, "test");
        var acl = AclFile.Parse(_bench.Published("trucks.acl").Split('\n'));
        var (box, other) = (acl.For("box-1", "box-1"), acl.For("box-2", "box-2"));
        other.MayWrite("cleanstreets/v1/readings/truck-1"u8).ShouldBeTrue();
        other.MayWrite("cleanstreets/v1/status/truck-1"u8).ShouldBeTrue();
        other.MaySubscribe("cleanstreets/v1/config/truck-1"u8).ShouldBeTrue();
        other.MayWrite("cleanstreets/v1/readings/truck-2"u8).ShouldBeTrue("what it took there before");
        other.MayWrite("cleanstreets/v1/status/truck-2"u8).ShouldBeFalse("it does not speak for it any more");
        other.MaySubscribe("cleanstreets/v1/assignments/box-2"u8).ShouldBeTrue();
        other.MaySubscribe("cleanstreets/v1/requests/box-1"u8).ShouldBeFalse();
        box.MayWrite("cleanstreets/v1/status/truck-1"u8).ShouldBeFalse();
        box.MayWrite("cleanstreets/v1/readings/truck-2"u8).ShouldBeFalse("it never sat there");
        box.MayWrite("cleanstreets/v1/answers/box-2"u8).ShouldBeFalse();

        _bench.Clock.Advance(FleetFiles.LateReadings + TimeSpan.FromHours(1));
        _bench.Files.Write();
        AclFile.Parse(_bench.Published("trucks.acl").Split('\n')).For("box-2", "box-2").MayWrite("cleanstreets/v1/readings/truck-2"u8).ShouldBeFalse("late has an end");
    }

    [Fact]
    public void Wiping_waits_for_the_box_and_then_takes_everything_back()
    {
        var enrolled = Enrol(Box, Truck);
        Registry.Wipe(Box, "test");
        var wish = Registry.Wishes().Single();
        wish.Wipe.ShouldNotBeNull();
        IsRevoked(enrolled.Certificate).ShouldBeFalse("it has yet to hear of it");
        Registry.Wiped(Box, "another-wish").ShouldBeFalse();
        Registry.Wiped(Other, wish.Wipe).ShouldBeFalse();
        Registry.Wiped(Box, wish.Wipe).ShouldBeTrue();
        IsRevoked(enrolled.Certificate).ShouldBeTrue();
        Registry.List().Single().ShouldSatisfyAllConditions(box => box.State.ShouldBe(BoxState.Wiped), box => box.TruckId.ShouldBeNull());
        Enrol(Box, Truck).TruckId.ShouldBe(Truck, "the box can come back");
    }

    [Fact]
    public void Two_programs_use_one_authority_and_see_each_others_changes()
    {
        var second = FleetDatabase.Open(_bench.DataFolder);
        using var authority = CityAuthority.Open(second, _bench.Clock);
        authority.Fingerprint.ShouldBe(_bench.Authority.Fingerprint);
        new BoxRegistry(second, authority, new FleetFiles(second, authority, _bench.Clock), _bench.Clock).MakeCode(Box, null, TimeSpan.FromDays(1), "other");
        Registry.List().Single().CodeEndsAt.ShouldNotBeNull();
    }

    [Fact]
    public void Door_gets_a_new_certificate_for_other_names_and_before_its_end()
    {
        _bench.Files.EnsureDoor(["city.example", "10.0.0.7"]).ShouldBeTrue();
        _bench.Files.EnsureDoor(["10.0.0.7", "city.example"]).ShouldBeFalse();
        using var door = X509Certificate2.CreateFromPemFile(_bench.Files.DoorCertificate, _bench.Files.DoorKey);
        door.MatchesHostname("city.example").ShouldBeTrue();
        door.MatchesHostname("10.0.0.7").ShouldBeTrue();
        _bench.Files.EnsureDoor(["city.example"]).ShouldBeTrue();
        _bench.Clock.Advance(TimeSpan.FromDays(300));
        _bench.Files.EnsureDoor(["city.example"]).ShouldBeTrue();
    }

    [Theory]
    [InlineData("box-1,truck-1\nbox-1,truck-2", "line 2")]
    [InlineData("deviceId,truckId\nbox-1,truck-1\nbox-2,truck-1", "line 3")]
    [InlineData("box 1,truck-1", "line 1")]
    [InlineData("box-1,truck/1", "line 1")]
    [InlineData("", "0 boxes")]
    public void Csv_that_is_wrong_is_refused_by_line(string text, string says)
    {
        var path = Path.Combine(_bench.DataFolder, "boxes.csv");
        File.WriteAllText(path, text);
        Should.Throw<DashboardStartException>(() => BoxCsv.Read(path)).Message.ShouldContain(says);
    }

    private EnrolledBox Enrol(DeviceId device, TruckId? truck) =>
        Registry.Enrol(Registry.MakeCode(device, truck, TimeSpan.FromDays(1), "test").Code.Secret, FleetBench.NewRequest(), "test");

    /// <summary>Whether our own listener would turn it away by the published list.</summary>
    private bool IsRevoked(string certificate)
    {
        using var leaf = X509Certificate2.CreateFromPem(certificate);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = _bench.Clock.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.CustomTrustStore.Add(_bench.Authority.Certificate);
        chain.Build(leaf).ShouldBeTrue();
        var list = RevocationList.Parse(_bench.Published("revoked.pem"), [_bench.Authority.Certificate]);
        return list.Covers(CertificateIdentity.Of(chain)!);
    }

    private static string Forged()
    {
        var request = FleetBench.NewRequest();
        var at = request.Length / 2;
        return request[..at] + (request[at] == 'A' ? 'B' : 'A') + request[(at + 1)..];
    }

    private static bool Holds(string file, string text)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
        return reader.ReadToEnd().Contains(text, StringComparison.Ordinal);
    }

    private static void Refused(Action action, string code) => Should.Throw<FleetException>(action).Code.ShouldBe(code);
}
