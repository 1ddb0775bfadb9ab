using System.CommandLine;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Mqtt.Listener;

namespace CleanStreets.Ingest.Verbs;

/// <summary>Options of a listener about certificates, rules and passwords, under a prefix of the verb's own.</summary>
/// <remarks>Every file they name is read again when it changes.</remarks>
internal sealed class AccessOptions
{
    private readonly string _prefix;
    private readonly Option<string?> _certificate;
    private readonly Option<string?> _key;
    private readonly Option<string?> _authority;
    private readonly Option<string?> _clientCertificate;
    private readonly Option<string?> _revocations;
    private readonly Option<string?> _acl;
    private readonly Option<string?> _passwords;

    public AccessOptions(string prefix)
    {
        _prefix = prefix;
        _certificate = File("tls-cert", "Certificate of the encrypted endpoints (PEM), intermediate ones behind it.");
        _key = File("tls-key", "Private key of that certificate (PEM).");
        _authority = File("tls-ca", "Authorities of client certificates (PEM). A client's common name is then its client id and user name.");
        _clientCertificate = new Option<string?>($"--{prefix}tls-client-cert") { Description = "With a CA: 'require' a certificate of every client (default), or 'allow' clients without." };
        _clientCertificate.AcceptOnlyFromAmong("require", "allow");
        _revocations = File("crl", "Revoked client certificates (PEM revocation lists signed by the authorities).");
        _acl = File("acl", "Access rules in the format of Mosquitto's acl_file.");
        _passwords = File("password-file", "User names and passwords as mosquitto_passwd writes them.");
    }

    public void AddTo(Command command)
    {
        foreach (var option in new[] { _certificate, _key, _authority, _clientCertificate, _revocations, _acl, _passwords })
        {
            command.Add(option);
        }
    }

    /// <summary>The listener options that the command line asks for on these endpoints.</summary>
    /// <exception cref="UsageException">Something is missing or means nothing.</exception>
    public MqttListenerOptions Read(ParseResult parsed, IReadOnlyList<MqttEndpoint> endpoints) => new()
    {
        Endpoints = endpoints,
        Tls = ReadTls(parsed, endpoints.FirstOrDefault(endpoint => endpoint.IsEncrypted)),
        AclFile = parsed.GetValue(_acl),
        PasswordFile = parsed.GetValue(_passwords),
    };

    private MqttTlsOptions? ReadTls(ParseResult parsed, MqttEndpoint? encrypted)
    {
        var (certificate, key, authority) = (parsed.GetValue(_certificate), parsed.GetValue(_key), parsed.GetValue(_authority));
        if (encrypted is null)
        {
            var idle = new[] { _certificate, _key, _authority, _clientCertificate, _revocations }.FirstOrDefault(option => parsed.GetValue(option) is not null);
            return idle is null ? null : throw new UsageException($"{idle.Name} means nothing without an encrypted endpoint: say where with --{_prefix}tls HOST:PORT.");
        }

        if (certificate is null || key is null)
        {
            throw new UsageException($"An encrypted endpoint needs a certificate and its key: give {_certificate.Name} FILE and {_key.Name} FILE.");
        }

        var lonely = new[] { _clientCertificate, _revocations }.FirstOrDefault(option => parsed.GetValue(option) is not null);
        if (authority is null && lonely is not null)
        {
            throw new UsageException($"{lonely.Name} means nothing without authorities: give {_authority.Name} FILE.");
        }

        return new MqttTlsOptions
        {
            CertificateFile = certificate,
            KeyFile = key,
            ClientAuthorityFile = authority,
            AllowNoCertificate = parsed.GetValue(_clientCertificate) == "allow",
            RevocationFile = parsed.GetValue(_revocations),
        };
    }

    private Option<string?> File(string name, string description) => new($"--{_prefix}{name}") { Description = description, HelpName = "FILE" };
}
