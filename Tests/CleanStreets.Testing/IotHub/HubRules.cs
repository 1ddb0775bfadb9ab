using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace CleanStreets.Testing.IotHub;

/// <summary>Who was let in at the gate.</summary>
/// <param name="Name">Device or registration.</param>
/// <param name="IsProvisioning">Whether it speaks to the provisioning service.</param>
/// <param name="Ends">When its token ends; null: a certificate.</param>
internal sealed record Admitted(string Name, bool IsProvisioning, DateTimeOffset? Ends);

/// <summary>What IoT Hub and the provisioning service ask of a client, by their documentation.</summary>
internal static partial class HubRules
{
    public const int MaxSubscriptions = 5;
    public const int MaxMessageBytes = 256 * 1024;
    private const int MaxKeepAlive = 1177;

    /// <summary>Judges CONNECT. Null: refused, and why.</summary>
    public static (Admitted? Who, string? Why) Judge(Connect311 connect, string? thumbprint, string? commonName, StandInHub hub)
    {
        if (connect.UserName is null)
        {
            return (null, "no user name");
        }

        if (DeviceUser().Match(connect.UserName) is { Success: true } device)
        {
            return JudgeDevice(connect, device.Groups["host"].Value, device.Groups["device"].Value, thumbprint, hub);
        }

        return ProvisioningUser().Match(connect.UserName) is { Success: true } box
            ? JudgeProvisioning(connect, box.Groups["scope"].Value, box.Groups["box"].Value, thumbprint, commonName, hub)
            : (null, $"user name '{connect.UserName}'");
    }

    /// <summary>Whether a device may publish there.</summary>
    public static bool MayPublish(Admitted who, string topic) => who.IsProvisioning
        ? topic.StartsWith("$dps/registrations/PUT/iotdps-register/?$rid=", StringComparison.Ordinal) || topic.StartsWith("$dps/registrations/GET/iotdps-get-operationstatus/?$rid=", StringComparison.Ordinal)
        : topic.StartsWith($"devices/{who.Name}/messages/events/", StringComparison.Ordinal)
            || topic.StartsWith("$iothub/twin/GET/?$rid=", StringComparison.Ordinal)
            || topic.StartsWith("$iothub/twin/PATCH/properties/reported/?$rid=", StringComparison.Ordinal)
            || MethodAnswer().IsMatch(topic);

    /// <summary>Whether a device may subscribe there.</summary>
    public static bool MaySubscribe(Admitted who, string filter) => who.IsProvisioning
        ? filter == "$dps/registrations/res/#"
        : filter is "$iothub/twin/res/#" or "$iothub/twin/PATCH/properties/desired/#" or "$iothub/methods/POST/#" || filter == $"devices/{who.Name}/messages/devicebound/#";

    private static (Admitted? Who, string? Why) JudgeDevice(Connect311 connect, string host, string id, string? thumbprint, StandInHub hub)
    {
        if (host != hub.Host || id != connect.ClientId || !hub.Devices.TryGetValue(id, out var device) || !device.IsEnabled)
        {
            return (null, $"no device '{connect.ClientId}' of '{host}', or its user name is of '{id}'");
        }

        if (connect.KeepAlive > MaxKeepAlive)
        {
            return (null, $"keep-alive of {connect.KeepAlive} s");
        }

        if (connect.WillTopic is { } will && (!MayPublish(new Admitted(id, false, null), will) || (connect.WillFlags & 0x30) != 0))
        {
            return (null, "a will elsewhere than to the hub, or retained, or of QoS 2");
        }

        if (device.Thumbprint is { } wanted)
        {
            return connect.Password is null && thumbprint == wanted ? (new Admitted(id, false, null), null) : (null, "not the certificate that is registered");
        }

        return CheckToken(connect.Password, $"{host}/devices/{id}", device.Key, policy: null, hub) is var (ends, why) && why is null ? (new Admitted(id, false, ends), null) : (null, why);
    }

    private static (Admitted? Who, string? Why) JudgeProvisioning(Connect311 connect, string scope, string box, string? thumbprint, string? commonName, StandInHub hub)
    {
        if (scope != hub.IdScope || box != connect.ClientId || !connect.CleanSession || connect.WillTopic is not null)
        {
            return (null, $"registration '{box}' in '{scope}', client '{connect.ClientId}', with a session that stays or a will");
        }

        if (connect.Password is null)
        {
            if (commonName != box || thumbprint is null)
            {
                return (null, "the certificate's common name is not the registration");
            }

            hub.ShownAtProvisioning[box] = thumbprint;
            return (new Admitted(box, true, null), null);
        }

        var key = HMACSHA256.HashData(hub.GroupKey, Encoding.UTF8.GetBytes(box));
        return CheckToken(connect.Password, $"{scope}/registrations/{box}", key, "registration", hub) is var (ends, why) && why is null ? (new Admitted(box, true, ends), null) : (null, why);
    }

    private static (DateTimeOffset Ends, string? Why) CheckToken(string? token, string resource, byte[] key, string? policy, StandInHub hub)
    {
        if (token?.StartsWith("SharedAccessSignature ", StringComparison.Ordinal) != true)
        {
            return (default, "no token");
        }

        var parts = token["SharedAccessSignature ".Length..].Split('&').Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        if (!parts.TryGetValue("sr", out var sr) || !parts.TryGetValue("sig", out var sig) || !parts.TryGetValue("se", out var se) || parts.GetValueOrDefault("skn") != policy)
        {
            return (default, "a token with parts missing");
        }

        if (WebUtility.UrlDecode(sr) != resource)
        {
            return (default, $"a token for '{WebUtility.UrlDecode(sr)}'");
        }

        var right = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{sr}\n{se}")));
        var ends = DateTimeOffset.FromUnixTimeSeconds(long.Parse(se, CultureInfo.InvariantCulture));
        return WebUtility.UrlDecode(sig) != right ? (default, "a wrong signature") : ends <= hub.Now ? (default, "a token that has ended") : (ends, null);
    }

    [GeneratedRegex(@"^(?<host>[^/]+)/(?<device>[^/]+)/\?api-version=20\d\d-\d\d-\d\d(&\S+)?$", RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex DeviceUser();

    [GeneratedRegex(@"^(?<scope>[^/]+)/registrations/(?<box>[^/]+)/api-version=2019-03-31(&\S+)?$", RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex ProvisioningUser();

    [GeneratedRegex(@"^\$iothub/methods/res/\d+/\?\$rid=\S+$", RegexOptions.None, 60_000)]
    private static partial Regex MethodAnswer();
}
