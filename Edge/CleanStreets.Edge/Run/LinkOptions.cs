using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CleanStreets.Contracts;
using CleanStreets.Edge.Publish;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Mqtt.Client.Transport;

namespace CleanStreets.Edge.Run;

/// <summary>How the link to the city is made, by the settings.</summary>
internal static class LinkOptions
{
    // A position every two seconds would cost more than the readings: a person at a map waits ten.
    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(10);

    // A box that has just been enrolled or moved may come before the server has read its rights.
    private static readonly TimeSpan RightsPause = TimeSpan.FromSeconds(10);

    private const int PlainPort = 1883, TlsPort = 8883;

    /// <summary>The options of the truck's link.</summary>
    /// <exception cref="SettingsException">A file of credentials cannot be read.</exception>
    public static PublishOptions Of(EdgeSettings settings)
    {
        var options = new PublishOptions
        {
            SetAsideFolder = Path.Combine(settings.Data, "set-aside"),
            StatusInterval = StatusInterval,
            AgentVersion = typeof(LinkOptions).Assembly.GetName().Version?.ToString(3),
        };
        return settings.Mqtt is not { } mqtt ? options : options with
        {
            Host = mqtt.Host,
            Port = PortOf(mqtt),
            Topics = new Topics(mqtt.Root),
            Connection = Connection(mqtt),
        };
    }

    /// <summary>The port, named or usual.</summary>
    public static int PortOf(MqttSettings mqtt) => mqtt.Port ?? (mqtt.Tls is null ? PlainPort : TlsPort);

    private static string? NameOf(string certificate, string? key)
    {
        using var own = X509Certificate2.CreateFromPemFile(certificate, key);
        return own.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { Length: > 0 } name ? name : null;
    }

    /// <summary>Encryption, user and version.</summary>
    /// <exception cref="SettingsException">A file of credentials cannot be read.</exception>
    public static Func<MqttClientOptions, MqttClientOptions> Connection(MqttSettings mqtt)
    {
        try
        {
            var password = mqtt.PasswordFile is { } file ? File.ReadLines(file).FirstOrDefault() ?? "" : null;
            var tls = mqtt.Tls is not { } wanted ? null : new MqttClientTlsOptions
            {
                ServerName = wanted.ServerName,
                TrustedRoots = wanted.RootsFile is { } roots ? CertificateFiles.Roots(roots) : null,
                ClientCertificate = wanted.CertificateFile is { } certificate ? CertificateFiles.Pem(certificate, wanted.KeyFile) : null,
            };
            var name = mqtt.Tls is { CertificateFile: { } own } ? NameOf(own, mqtt.Tls.KeyFile) : null;
            return options => options with
            {
                ClientId = name ?? options.ClientId, // A certificate's owner comes under no other name.
                RefusedPause = name is null ? options.RefusedPause : RightsPause,
                UserName = mqtt.User,
                Password = password,
                Tls = tls,
                ProtocolVersion = mqtt.Version == "3.1.1" ? MqttProtocolVersion.V311 : MqttProtocolVersion.V500,
            };
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SettingsException($"The credentials of mqtt cannot be read: {ex.Message}", ex);
        }
    }
}
