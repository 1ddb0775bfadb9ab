using System.Net;

namespace CleanStreets.Edge.Sensors;

/// <summary>The login that stands in a sensor's address: <c>http://USER:PASSWORD@HOST/</c>, both percent-encoded.</summary>
internal static class SensorLogin
{
    /// <summary>User name and password of an address; null when it has none.</summary>
    public static NetworkCredential? Of(Uri source)
    {
        var parts = source.UserInfo.Split(':', 2);
        return source.UserInfo.Length == 0 ? null : new NetworkCredential(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
    }
}
