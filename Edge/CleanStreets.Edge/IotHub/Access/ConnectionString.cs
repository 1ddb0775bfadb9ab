namespace CleanStreets.Edge.IotHub.Access;

/// <summary>A device's connection string: <c>HostName=…;DeviceId=…;SharedAccessKey=…</c>, or <c>…;x509=true</c>.</summary>
/// <param name="Identity">The hub and the device.</param>
/// <param name="Key">The device's key; null with a certificate.</param>
internal sealed record ConnectionString(HubIdentity Identity, byte[]? Key)
{
    /// <summary>Reads a connection string.</summary>
    /// <exception cref="FormatException">Something is missing, unknown or wrong; the sentence does not repeat the key.</exception>
    public static ConnectionString Parse(string text)
    {
        var parts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in text.Trim().Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var end = part.IndexOf('=', StringComparison.Ordinal);
            if (end <= 0 || !parts.TryAdd(part[..end].Trim(), part[(end + 1)..].Trim()))
            {
                throw new FormatException("it is not a list of NAME=VALUE, each once, with ';' between them");
            }
        }

        if (parts.Keys.FirstOrDefault(name => name.ToUpperInvariant() is not ("HOSTNAME" or "DEVICEID" or "SHAREDACCESSKEY" or "X509")) is { } unknown)
        {
            throw new FormatException($"'{unknown}' is not taken: a device's string has HostName, DeviceId, and SharedAccessKey or x509=true");
        }

        var hasKey = parts.TryGetValue("SharedAccessKey", out var key);
        var isX509 = parts.TryGetValue("x509", out var x509) && string.Equals(x509, "true", StringComparison.OrdinalIgnoreCase);
        return (parts.GetValueOrDefault("HostName"), parts.GetValueOrDefault("DeviceId")) is not ({ Length: > 0 } host, { Length: > 0 } device)
            ? throw new FormatException("HostName or DeviceId is missing")
            : hasKey == isX509
                ? throw new FormatException("it needs either SharedAccessKey or x509=true")
                : new ConnectionString(new HubIdentity(host.ToLowerInvariant(), device), hasKey ? SharedAccessSignature.ReadKey(key!) : null);
    }

    /// <summary>The hub and the device: a key does not belong in a log.</summary>
    public override string ToString() => $"{Identity}";
}
