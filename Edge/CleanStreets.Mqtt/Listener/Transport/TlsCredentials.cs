using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CleanStreets.Mqtt.Listener.Access;

namespace CleanStreets.Mqtt.Listener.Transport;

/// <summary>What encrypted endpoints show and whom they believe. Immutable: reloading makes another one, and links made with this one stay.</summary>
internal sealed class TlsCredentials
{
    private readonly SslStreamCertificateContext _server;
    private readonly X509ChainPolicy? _clients;
    private readonly bool _mayLackCertificate;

    private TlsCredentials(SslStreamCertificateContext server, X509ChainPolicy? clients, bool mayLackCertificate, RevocationList revoked) =>
        (_server, _clients, _mayLackCertificate, Revoked) = (server, clients, mayLackCertificate, revoked);

    public RevocationList Revoked { get; }

    /// <summary>The certificate shown to clients.</summary>
    public X509Certificate2 Certificate => _server.TargetCertificate;

    /// <summary>Reads the files that the options name.</summary>
    /// <exception cref="MqttListenerException">One cannot be read or is not of its format.</exception>
    public static TlsCredentials Load(MqttTlsOptions options)
    {
        var server = Read($"{options.CertificateFile} with {options.KeyFile}", () => ReadServer(options));
        if (options.ClientAuthorityFile is not { } file)
        {
            return new TlsCredentials(server, clients: null, mayLackCertificate: true, RevocationList.Empty);
        }

        var authorities = Read(file, () => ReadAuthorities(file));
        var revoked = options.RevocationFile is { } list ? Read(list, () => RevocationList.Parse(File.ReadAllText(list), authorities)) : RevocationList.Empty;
        return new TlsCredentials(server, PolicyOf(authorities), options.AllowNoCertificate, revoked);
    }

    /// <summary>Does the server's side of the handshake. The identity is null when the client has shown no certificate and need not.</summary>
    /// <exception cref="HandshakeRefusedException">The client's certificate is refused.</exception>
    /// <exception cref="AuthenticationException">The client does not speak TLS, or none of our versions.</exception>
    public async Task<(SslStream Stream, CertificateIdentity? Client)> AuthenticateAsync(Stream inner, CancellationToken cancellationToken)
    {
        CertificateIdentity? client = null;
        string? refusal = null;
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _server,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowRenegotiation = false,
            AllowTlsResume = _clients is null, // A resumed link would be believed for a check that was made before a reload.
            ClientCertificateRequired = _clients is not null,
            CertificateChainPolicy = _clients,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck, // Ours to check, from the file: nothing here asks the network.
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => (refusal = Judge(certificate, chain, errors, out client)) is null,
        };
        var stream = new SslStream(inner);
        try
        {
            await stream.AuthenticateAsServerAsync(options, cancellationToken);
            return (stream, client);
        }
        catch (Exception exception) when (refusal is not null)
        {
            await stream.DisposeAsync(); // Whatever went wrong while saying so, a peer that has gone meanwhile: this is why.
            throw new HandshakeRefusedException(refusal, exception);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private string? Judge(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, out CertificateIdentity? client)
    {
        client = null;
        if (_clients is null || (certificate is null && _mayLackCertificate))
        {
            return null;
        }

        if (certificate is null || chain is null)
        {
            return "it shows no certificate";
        }

        if (errors != SslPolicyErrors.None)
        {
            return $"its certificate is not accepted: {string.Join(", ", chain.ChainStatus.Select(status => status.Status).Distinct())}";
        }

        client = CertificateIdentity.Of(chain);
        return client is null ? "its certificate has no common name that could be a client identifier, or several"
            : Revoked.Covers(client) ? client.Revoked
            : null;
    }

    private static SslStreamCertificateContext ReadServer(MqttTlsOptions options)
    {
        var certificate = X509Certificate2.CreateFromPemFile(options.CertificateFile, options.KeyFile);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(options.CertificateFile);
        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }

    private static X509Certificate2Collection ReadAuthorities(string file)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        return authorities.Any(IsRoot) ? authorities : throw new FormatException("it holds no root certificate (one that has signed itself)");
    }

    private static X509ChainPolicy PolicyOf(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        foreach (var authority in authorities)
        {
            (IsRoot(authority) ? policy.CustomTrustStore : policy.ExtraStore).Add(authority);
        }

        return policy;
    }

    private static bool IsRoot(X509Certificate2 certificate) => certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    private static T Read<T>(string what, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException or FormatException)
        {
            throw new MqttListenerException($"Cannot use {what}: {exception.Message}", exception);
        }
    }
}
