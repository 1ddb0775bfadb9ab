using System.Security.Cryptography.X509Certificates;
using CleanStreets.Mqtt.Listener;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Support;

/// <summary>The files of a listener that asks its clients for certificates, in a folder of its own.</summary>
internal sealed class CertificateFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CertificateFolder()
    {
        ClientAuthority = Authority.WriteAuthority(_folder.Path);
        PutServer(Authority.Server());
        Revoke();
    }

    public TestCertificates Authority { get; } = new();

    public string ClientAuthority { get; }

    public string Server => _folder.Combine("server.crt");

    public string Key => _folder.Combine("server.key");

    public string Revocations => _folder.Combine("revoked.crl");

    public MqttListenerOptions Options => new()
    {
        Tls = new MqttTlsOptions { CertificateFile = Server, KeyFile = Key, ClientAuthorityFile = ClientAuthority, RevocationFile = Revocations },
        FileCheckInterval = TimeSpan.FromMilliseconds(20),
        ConnectTimeout = Eventually.Patience, // A handshake takes long on a busy machine.
    };

    public void PutServer(X509Certificate2 certificate) => TestCertificates.WritePem(certificate, _folder.Path, "server");

    public void Revoke(params X509Certificate2[] revoked) => Write("revoked.crl", Authority.Revocations(revoked));

    public string Write(string name, string text)
    {
        // Renamed into place: on a busy machine the listener would look at a file that is still empty.
        File.WriteAllText(_folder.Combine(name + ".new"), text);
        File.Move(_folder.Combine(name + ".new"), _folder.Combine(name), overwrite: true);
        return _folder.Combine(name);
    }

    public (string Certificate, string Key) WriteClient(X509Certificate2 certificate) => TestCertificates.WritePem(certificate, _folder.Path, "client");

    public void Dispose()
    {
        Authority.Dispose();
        _folder.Dispose();
    }
}
