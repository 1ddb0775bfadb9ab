namespace CleanStreets.Mqtt.Listener;

/// <summary>The files behind the encrypted endpoints of a listener, all PEM. They are read again when they change.</summary>
/// <remarks>TLS 1.2 and 1.3 are spoken, nothing older.</remarks>
public sealed record MqttTlsOptions
{
    /// <summary>The server's certificate, followed by the intermediate ones that clients need.</summary>
    public required string CertificateFile { get; init; }

    /// <summary>The private key of the certificate, not encrypted.</summary>
    public required string KeyFile { get; init; }

    /// <summary>The authorities (roots, and intermediates if any) whose certificates clients may show; null: clients are not asked for one. Default: null.</summary>
    /// <remarks>Only these are trusted, not those of the operating system. A client's certificate is its identity: see <c>Listener/Access</c>.</remarks>
    public string? ClientAuthorityFile { get; init; }

    /// <summary>Whether a client without certificate may connect all the same. Means something with <see cref="ClientAuthorityFile"/> only. Default: false.</summary>
    public bool AllowNoCertificate { get; init; }

    /// <summary>Revocation lists signed by the authorities; null: nothing is revoked. Default: null.</summary>
    public string? RevocationFile { get; init; }
}
