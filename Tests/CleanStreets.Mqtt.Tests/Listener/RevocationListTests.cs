using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CleanStreets.Mqtt.Listener.Access;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>Revocation lists are read whole or not at all, and believed only from the authority itself.</summary>
public sealed class RevocationListTests : IDisposable
{
    private readonly TestCertificates _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void List_covers_what_its_authority_revoked_and_nothing_else()
    {
        using var one = _authority.Client("one");
        using var two = _authority.Client("two");
        var list = RevocationList.Parse(_authority.Revocations(one), [_authority.Authority]);
        list.Covers(Identity(one)).ShouldBeTrue();
        list.Covers(Identity(two)).ShouldBeFalse();
        list.NextUpdate.Year.ShouldBe(2049);
        RevocationList.Parse(_authority.Revocations(), [_authority.Authority]).Covers(Identity(one)).ShouldBeFalse();
    }

    [Fact]
    public void Lists_of_several_authorities_stand_in_one_file()
    {
        using var other = new TestCertificates("Other");
        using var one = _authority.Client("one");
        var list = RevocationList.Parse($"# both\n{other.Revocations()}\n{_authority.Revocations(one)}", [_authority.Authority, other.Authority]);
        list.Covers(Identity(one)).ShouldBeTrue();
    }

    [Fact]
    public void List_of_an_authority_with_an_rsa_key_is_read()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=R", key, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var from = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var authority = request.CreateSelfSigned(from, from.AddYears(40));
        var builder = new CertificateRevocationListBuilder();
        builder.AddEntry([1, 2, 3]);
        var pem = PemEncoding.WriteString("X509 CRL", builder.Build(authority, 1, from.AddYears(35), HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1, from));
        RevocationList.Parse(pem, [authority]).Covers(new CertificateIdentity("x", [CertificateIdentity.Key(authority, [1, 2, 3])])).ShouldBeTrue();
    }

    [Fact]
    public void List_that_no_authority_signed_is_refused()
    {
        using var stranger = new TestCertificates(); // The same name, another key.
        Should.Throw<FormatException>(() => RevocationList.Parse(stranger.Revocations(), [_authority.Authority])).Message.ShouldContain("not signed");
        Should.Throw<FormatException>(() => RevocationList.Parse("nothing", [_authority.Authority])).Message.ShouldContain("X509 CRL");
    }

    [Fact]
    public void Damaged_lists_are_refused_and_never_half_read()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        using var one = _authority.Client("one");
        var pem = _authority.Revocations(one);
        var sound = Convert.FromBase64String(string.Concat(pem.Split('\n')[1..^1]));
        for (var i = 0; i < 3000; i++)
        {
            var damaged = sound[..random.Next(sound.Length / 2, sound.Length + 1)];
            damaged[random.Next(damaged.Length)] ^= (byte)random.Next(1, 256);
            var text = PemEncoding.WriteString("X509 CRL", damaged);
            Should.Throw<FormatException>(() => RevocationList.Parse(text, [_authority.Authority]), $"seed {seed}");
        }
    }

    private CertificateIdentity Identity(X509Certificate2 certificate) => new("x", [CertificateIdentity.Key(_authority.Authority, certificate.SerialNumberBytes.Span)]);
}
