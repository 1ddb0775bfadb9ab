using System.Text;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener.Access;

/// <summary>Who may connect, and what each may do. Immutable: reloading makes another one.</summary>
internal sealed class AccessControl(AclFile? acl, PasswordFile? passwordFile, bool allowAnonymous, bool namesNeedProof)
{
    /// <summary>Reads the files that the options name.</summary>
    /// <exception cref="MqttListenerException">One cannot be read or is not of its format.</exception>
    public static AccessControl Load(MqttListenerOptions options)
    {
        var passwords = Read(options.PasswordFile, PasswordFile.Parse);
        var namesNeedProof = options.Tls?.ClientAuthorityFile is not null;
        return new AccessControl(Read(options.AclFile, AclFile.Parse), passwords, options.AllowAnonymous ?? passwords is null, namesNeedProof);
    }

    /// <summary>Whether somebody may connect under this name at all.</summary>
    /// <remarks>A certificate says who its owner is: user name and password are not looked at then.</remarks>
    /// <param name="connect">What it says.</param>
    /// <param name="endpoint">Where it came in.</param>
    /// <param name="certificate">Who it is by a certificate that has been checked.</param>
    /// <param name="passwords">Without fault: what its password must be checked against first; null: it may come in.</param>
    public WireFault Admit(in ConnectPacket connect, MqttEndpoint endpoint, CertificateIdentity? certificate, out PasswordFile? passwords)
    {
        passwords = null;
        var clientId = connect.ClientId.IsEmpty && certificate is not null ? certificate.Name : Encoding.UTF8.GetString(connect.ClientId);
        if (clientId.AsSpan().IndexOfAny('+', '#') >= 0)
        {
            return new WireFault(MqttReasonCode.ClientIdentifierNotValid, "[MQTT-3.1.3-8] client identifier with a wildcard (+ or #)");
        }

        if (certificate is not null)
        {
            return clientId == certificate.Name
                ? default
                : new WireFault(MqttReasonCode.ClientIdentifierNotValid, $"the client identifier is not '{certificate.Name}', the common name of its certificate");
        }

        // A name that nobody checks says nothing: whoever gives one is as anonymous as who gives none.
        if (!connect.HasUserName || passwordFile is null)
        {
            return endpoint.AllowAnonymous ?? allowAnonymous ? default : new WireFault(MqttReasonCode.NotAuthorized, "no user name that is checked, and anonymous clients are not allowed");
        }

        passwords = passwordFile;
        return default;
    }

    /// <summary>The user name that rules and <c>%u</c> go by; null: none.</summary>
    /// <remarks>
    /// Where certificates say who somebody is, a name that neither certificate nor password proves could be that of a certificate's owner.
    /// Where there are neither passwords nor rules a name means nothing.
    /// </remarks>
    public string? UserNameOf(in ConnectPacket connect, CertificateIdentity? certificate)
    {
        if (certificate is not null)
        {
            return certificate.Name;
        }

        var counts = connect.HasUserName && (passwordFile is not null || (acl is not null && !namesNeedProof));
        return counts ? Encoding.UTF8.GetString(connect.UserName) : null;
    }

    /// <summary>The name that it has proven, by a certificate or a password; null: none.</summary>
    public string? ProvenNameOf(in ConnectPacket connect, CertificateIdentity? certificate) =>
        certificate?.Name ?? (connect.HasUserName && passwordFile is not null ? Encoding.UTF8.GetString(connect.UserName) : null);

    /// <summary>What the client may do; null: everything.</summary>
    public Rights? RightsOf(string clientId, string? userName) => acl?.For(clientId, userName);

    private static T? Read<T>(string? path, Func<IEnumerable<string>, T> parse) where T : class
    {
        if (path is null)
        {
            return null;
        }

        try
        {
            return parse(File.ReadLines(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new MqttListenerException($"Cannot use {path}: {exception.Message}", exception);
        }
    }
}
