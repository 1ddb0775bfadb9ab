using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Mqtt.Client.Transport;

namespace CleanStreets.Ingest.Receive.Broker;

/// <summary>Makes the clients of one broker: those that receive, and the one that publishes.</summary>
internal sealed class BrokerClients(BrokerAddress address, BrokerOptions options, TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>Four times the largest payload that is read. What is larger is cut off here, and quarantined as too large for that.</summary>
    private const int MaximumPacketSize = 4 * ReadingLimits.MaxPayloadBytes;

    private readonly MqttClientTlsOptions? _tls = address.Encrypted ? Tls(options) : null;

    public bool HasSharedSubscriptions => options.Version == "5.0";

    public int Receivers => HasSharedSubscriptions ? options.Connections : 1;

    /// <summary>A client whose session the broker keeps, so that what comes while it is away waits for it.</summary>
    public MqttClient Receiver(int number) => new(
        Common($"{options.ClientId}-{number}") with
        {
            CleanStart = options.SessionExpiry == TimeSpan.Zero,
            SessionExpiry = options.SessionExpiry,
            ReceiveMaximum = options.ReceiveMaximum,
            MaximumPacketSize = MaximumPacketSize,
            CutsLargerPublishes = true,
        },
        time,
        loggers.CreateLogger<MqttClient>());

    public MqttClient Publisher() => new(Common($"{options.ClientId}-out"), time, loggers.CreateLogger<MqttClient>());

    private MqttClientOptions Common(string clientId) => new()
    {
        Host = address.Host,
        Port = address.Port,
        Tls = _tls,
        ClientId = clientId,
        ProtocolVersion = HasSharedSubscriptions ? MqttProtocolVersion.V500 : MqttProtocolVersion.V311,
        ReconnectMaxDelay = options.ReconnectMaxDelay,
        Credentials = CredentialsAsync,
    };

    // Read at each connection: a changed password needs no restart.
    private async ValueTask<MqttCredentials> CredentialsAsync(CancellationToken cancellationToken) => new(
        address.User,
        options.PasswordFile is { } file ? (await File.ReadAllTextAsync(file, cancellationToken)).Trim() : options.Password);

    private static MqttClientTlsOptions Tls(BrokerOptions options)
    {
        try
        {
            return new MqttClientTlsOptions
            {
                TrustedRoots = options.TrustedRootsFile is { } roots ? CertificateFiles.Roots(roots) : null,
                ClientCertificate = options.CertificateFile is { } file ? CertificateFiles.Pem(file, options.CertificateKeyFile) : null,
            };
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new UsageException($"The file {options.TrustedRootsFile} of Ingest:Broker:TrustedRootsFile cannot be used: {ex.Message}", ex);
        }
    }
}
