using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CleanStreets.Edge.Run;
using CleanStreets.Mqtt.Client;
using CleanStreets.Mqtt.Client.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Doctor;

/// <summary>Looks at the way to the city: name, encryption, broker.</summary>
internal static class LinkChecks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CertificateSpare = TimeSpan.FromDays(7);

    /// <summary>Whether the server's name has an address.</summary>
    /// <param name="host">The server.</param>
    /// <param name="setting">Where it is named.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Ends the waiting.</param>
    public static async Task<Diagnosis> DnsAsync(string host, string setting, TimeProvider time, CancellationToken stop)
    {
        if (IPAddress.TryParse(host, out _))
        {
            return Diagnosis.Unused("dns", $"{setting} {host} is an address");
        }

        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, stop).WaitAsync(Patience, time, stop);
            return Diagnosis.Ok("dns", $"{host} is {string.Join(", ", addresses.Take(3))}");
        }
        catch (Exception ex) when (ex is SocketException or TimeoutException or ArgumentException)
        {
            return Diagnosis.Fail("dns", $"{host} has no address ({ex.Message})", $"check {setting}, the SIM's data link and /etc/resolv.conf");
        }
    }

    /// <summary>Whether the server's certificate is good, and for how long.</summary>
    public static async Task<Diagnosis> TlsAsync(MqttSettings mqtt, TimeProvider time, CancellationToken stop)
    {
        if (mqtt.Tls is not { } tls)
        {
            return Diagnosis.Unused("tls", "mqtt.tls is not set: readings travel in clear text");
        }

        var wanted = new MqttClientTlsOptions
        {
            ServerName = tls.ServerName,
            TrustedRoots = tls.RootsFile is { } roots ? CertificateFiles.Roots(roots) : null,
            ClientCertificate = tls.CertificateFile is { } own ? CertificateFiles.Pem(own, tls.KeyFile) : null,
        };
        return await TlsAsync(
            mqtt.Host, LinkOptions.PortOf(mqtt), wanted, "check the clock first, then mqtt.tls.rootsFile, mqtt.tls.serverName and whether the port speaks TLS", time, stop);
    }

    /// <summary>The same for any server.</summary>
    public static async Task<Diagnosis> TlsAsync(string host, int port, MqttClientTlsOptions tls, string fix, TimeProvider time, CancellationToken stop)
    {
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(host, port, stop).AsTask().WaitAsync(Patience, time, stop);
            await using var stream = new SslStream(socket.GetStream());
            var options = new SslClientAuthenticationOptions { TargetHost = tls.ServerName ?? host };
            if (tls.TrustedRoots is { } roots)
            {
                options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                options.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
            }

            if (tls.ClientCertificate is { } own)
            {
                options.ClientCertificates = [(await own(stop))[0]];
            }

            await stream.AuthenticateAsClientAsync(options, stop).WaitAsync(Patience, time, stop);
            using var certificate = new X509Certificate2(stream.RemoteCertificate!);
            var left = certificate.NotAfter.ToUniversalTime() - time.GetUtcNow().UtcDateTime;
            var said = string.Create(CultureInfo.InvariantCulture, $"{stream.SslProtocol}, the server's certificate holds for {left.TotalDays:0} days");
            return left > CertificateSpare ? Diagnosis.Ok("tls", said) : Diagnosis.Fail("tls", said, "have the server's certificate renewed");
        }
        catch (Exception ex) when (ex is AuthenticationException or IOException or SocketException or TimeoutException or CryptographicException)
        {
            return Diagnosis.Fail("tls", $"{host}:{port} ({ex.InnerException?.Message ?? ex.Message})", fix);
        }
    }

    /// <summary>Whether the broker takes this box. A certificate's owner comes under one name only, so beside an agent that runs it is not tried: that would end the agent's link.</summary>
    public static async Task<Diagnosis> BrokerAsync(EdgeSettings settings, MqttSettings mqtt, TimeProvider time, CancellationToken stop)
    {
        var at = $"{mqtt.Host}:{LinkOptions.PortOf(mqtt)}";
        if (mqtt.Tls is { CertificateFile: not null } && AgentLock.IsHeld(settings.Data))
        {
            return Diagnosis.Unused("broker", $"the agent runs, and the box's certificate has one link to {at}: its log says how that is. Stop it to check here");
        }

        try
        {
            // Not the truck's own id: that would end the link of an agent that runs.
            var id = settings.TruckId[..Math.Min(settings.TruckId.Length, 57)] + "-doctor";
            var options = LinkOptions.Connection(mqtt)(new MqttClientOptions { Host = mqtt.Host, Port = LinkOptions.PortOf(mqtt), ClientId = id });
            await using var client = new MqttClient(options, time, NullLogger<MqttClient>.Instance);
            var reason = "no answer";
            client.ConnectionChanged += change => Volatile.Write(ref reason, change.Detail);
            await client.StartAsync(stop);
            try
            {
                await client.WaitConnectedAsync(stop).WaitAsync(Patience, time, stop);
                return Diagnosis.Ok("broker", $"{at} takes {(mqtt.User is null ? "this box" : $"user {mqtt.User}")}, MQTT {mqtt.Version}");
            }
            catch (TimeoutException)
            {
                return Diagnosis.Fail("broker", $"{at} does not take this box ({Volatile.Read(ref reason)})", "check mqtt.host, mqtt.port, user, password and certificate, and the firewall on the way");
            }
        }
        catch (SettingsException ex)
        {
            return Diagnosis.Fail("broker", ex.Message, "make the named file readable for this user");
        }
    }
}
