namespace CleanStreets.Mqtt.Client;

/// <summary>Who the client says it is at one connection.</summary>
/// <param name="UserName">The user name, or null for none.</param>
/// <param name="Password">The password or token, sent as UTF-8, or null for none. 3.1.1 has none without a user name.</param>
public sealed record MqttCredentials(string? UserName, string? Password)
{
    /// <summary>The user name alone: a token does not belong in a log.</summary>
    public override string ToString() => $"{UserName}";
}
