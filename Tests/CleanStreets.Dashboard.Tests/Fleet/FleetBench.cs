using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CleanStreets.Dashboard.Fleet;
using CleanStreets.Testing;

namespace CleanStreets.Dashboard.Tests.Fleet;

/// <summary>A registry in a folder of its own, with a clock that a test moves.</summary>
internal sealed class FleetBench : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CityAuthority _authority;

    public FleetBench()
    {
        var database = FleetDatabase.Open(_folder.Path);
        _authority = CityAuthority.Open(database, Clock);
        Files = new FleetFiles(database, _authority, Clock);
        Registry = new BoxRegistry(database, _authority, Files, Clock);
        Files.Write();
    }

    public StillClock Clock { get; } = new();

    public FleetFiles Files { get; }

    public BoxRegistry Registry { get; }

    public string DataFolder => _folder.Path;

    public CityAuthority Authority => _authority;

    /// <summary>A certificate request of a key of its own, in a name that the city must not take over.</summary>
    public static string NewRequest(ECDsa? key = null, string name = "CN=somebody-else")
    {
        using var own = key is null ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : null;
        return new CertificateRequest(name, key ?? own!, HashAlgorithmName.SHA256).CreateSigningRequestPem();
    }

    public string Published(string name) => File.ReadAllText(Path.Combine(Files.Folder, name));

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }
}

/// <summary>A clock that stands until it is moved.</summary>
internal sealed class StillClock : TimeProvider
{
    private DateTimeOffset _now = new(2026, 11, 26, 5, 0, 0, TimeSpan.Zero);

    public void Advance(TimeSpan by) => _now += by;

    public override DateTimeOffset GetUtcNow() => _now;
}
