using CleanStreets.Edge.Spool;

namespace CleanStreets.Edge.Run;

/// <summary>Where the spool lies and which key seals it, by the settings.</summary>
internal static class SpoolPlace
{
    /// <summary>Where systemd says in which folder it hands over credentials.</summary>
    public const string CredentialsVariable = "CREDENTIALS_DIRECTORY";

    /// <summary>The options of the spool.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="credentials">The folder of credentials; null when nobody hands over any.</param>
    public static SpoolOptions Of(EdgeSettings settings, string? credentials)
    {
        var options = new SpoolOptions { Folder = Path.Combine(settings.Data, "spool"), CapBytes = settings.Spool.CapBytes };
        if (settings.Spool.KeyFile is { } named)
        {
            return options with { KeyFile = Path.GetFullPath(named) };
        }

        var handedOver = credentials is { Length: > 0 } ? Path.Combine(credentials, SealingKeyFile.Credential) : null;
        return handedOver is not null && File.Exists(handedOver) ? options with { KeyFile = handedOver, MayMakeKey = false } : options;
    }
}
