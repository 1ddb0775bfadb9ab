using CleanStreets.Mqtt.Client;

namespace CleanStreets.Edge.IotHub.Access;

/// <summary>User name and password of each connection: a fresh token by the server's time, as far as that is known.</summary>
internal sealed class HubTokens(string userName, string resource, string? policy, DeviceSecret secret, TimeSpan life, ServerClock clock, TimeProvider time)
{
    // The SDKs renew when 15 % of the life is left.
    private const double RenewedAfter = 0.85;

    private long _madeAt;

    /// <summary>How long until the newest token should be replaced; null: a certificate needs none.</summary>
    public TimeSpan? UntilRenewal => secret.Key is null ? null : (RenewedAfter * life) - time.GetElapsedTime(Volatile.Read(ref _madeAt));

    /// <summary>What CONNECT says.</summary>
    public MqttCredentials Next()
    {
        if (secret.Key is not { } key)
        {
            return new MqttCredentials(userName, Password: null);
        }

        Volatile.Write(ref _madeAt, time.GetTimestamp());
        return new MqttCredentials(userName, SharedAccessSignature.Create(resource, key, clock.Now + life, policy));
    }
}
