using System.Text.RegularExpressions;

namespace CleanStreets.Edge;

/// <summary>Takes users and passwords out of what is logged or printed: the city fetches a box's log, and a technician sends what the doctor says.</summary>
internal static partial class Credentials
{
    private const string Hidden = "…";

    /// <summary>A text without the credentials of the URLs in it: user information, and the query's values that cameras take for it.</summary>
    public static string Without(string text) => Values().Replace(UserInformation().Replace(text, $"{Hidden}@"), Hidden);

    /// <summary>The same of what a program said about a source; where it names the source, that goes as a whole, so that no odd character in a password ends it early.</summary>
    public static string Without(string text, string source) => Without(text.Replace(source, Without(source), StringComparison.Ordinal));

    // The time that a search may take is a minute: a machine that stands still for a second in the midst of it must not end who only wanted to log a line.

    // As ffmpeg takes a URL apart: the last @ before the path ends the user information.
    [GeneratedRegex(@"(?<=[a-z][a-z0-9+.\-]*://)[^/?#""'\r\n]*@", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex UserInformation();

    // rtsp://HOST/user=NAME&password=WORD&channel=1, http://HOST/video.cgi?usr=NAME&pwd=WORD
    [GeneratedRegex(@"(?<=[/?&;_](user|usr|username|loginuse|loginpas|login|password|passwd|pass|pwd|pw|token|auth|key)=)[^&;/\s""']*", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex Values();
}
