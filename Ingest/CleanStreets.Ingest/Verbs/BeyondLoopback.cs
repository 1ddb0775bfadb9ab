using System.Net;
using CleanStreets.Mqtt.Listener;

namespace CleanStreets.Ingest.Verbs;

/// <summary>What a listener must know of its clients before other machines may reach it.</summary>
internal static class BeyondLoopback
{
    public static bool Reaches(MqttEndpoint endpoint) => !IPAddress.IsLoopback(endpoint.Address.Address);

    /// <summary>Whether everybody who connects here shows who he is: by a certificate, or by a password.</summary>
    public static bool KnowsClients(MqttEndpoint endpoint, MqttListenerOptions options) =>
        options.PasswordFile is not null || (endpoint.IsEncrypted && options.Tls is { ClientAuthorityFile: not null, AllowNoCertificate: false });

    /// <summary>Why a plain broker must not listen like this; null: it may.</summary>
    public static string? Refusal(MqttListenerOptions options, bool allowClearText)
    {
        foreach (var endpoint in options.Endpoints.Where(Reaches))
        {
            if (!KnowsClients(endpoint, options) && options.AllowAnonymous != true)
            {
                return $"{endpoint} is reached by other machines, and nobody there would have to say who he is: give --password-file, or --tls-ca on an encrypted endpoint, or say --allow-anonymous.";
            }

            if (!endpoint.IsEncrypted && options.PasswordFile is not null && !allowClearText)
            {
                return $"{endpoint} is reached by other machines, and passwords would cross the network in clear text: use --tls or --wss, or say --allow-clear-text.";
            }
        }

        return null;
    }

    /// <summary>Why a city's listener must not listen like this; null: it may.</summary>
    public static string? CityRefusal(MqttListenerOptions options)
    {
        foreach (var endpoint in options.Endpoints.Where(Reaches))
        {
            if (!endpoint.IsEncrypted)
            {
                return $"--mqtt {endpoint.Address}: other machines could send and read in clear text. Keep to 127.0.0.1 and let trucks connect to --mqtt-tls HOST:PORT, or say --insecure-beyond-loopback.";
            }

            if (!KnowsClients(endpoint, options))
            {
                return $"--mqtt-tls {endpoint.Address}: no truck would have to say who it is. Give --mqtt-tls-ca FILE for their certificates, or --mqtt-password-file FILE, or say --insecure-beyond-loopback.";
            }

            if (options.AclFile is null)
            {
                return $"--mqtt-tls {endpoint.Address}: each truck could speak for every other. Give --mqtt-acl FILE (deploy/trucks.acl holds each to its own topics), or say --insecure-beyond-loopback.";
            }
        }

        return null;
    }
}
