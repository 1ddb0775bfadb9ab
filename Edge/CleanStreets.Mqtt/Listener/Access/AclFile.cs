using System.Text;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener.Access;

/// <summary>Rules in the format of Mosquitto's <c>acl_file</c>.</summary>
/// <remarks>
/// <c>topic [read|write|readwrite|deny] FILTER</c> is for clients without user name, or after <c>user NAME</c> for that user;
/// <c>pattern [read|write|readwrite|deny] FILTER</c> is for everybody, with %c and %u as client identifier and user name. # begins a comment line.
/// </remarks>
internal sealed class AclFile
{
    private readonly Dictionary<string, List<AclRule>> _users = new(StringComparer.Ordinal);
    private readonly List<AclRule> _anonymous = [];
    private readonly List<(AclAccess Access, string Pattern)> _patterns = [];

    /// <summary>Reads the lines of a file.</summary>
    /// <exception cref="FormatException">A line is not of the format; the message names it.</exception>
    public static AclFile Parse(IEnumerable<string> lines)
    {
        var acl = new AclFile();
        var rules = acl._anonymous;
        var number = 0;
        foreach (var raw in lines)
        {
            number++;
            var line = raw.Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var (word, rest) = Split(line);
            switch (word)
            {
                case "user" when rest.Length > 0:
                    acl._users.TryAdd(rest, []);
                    rules = acl._users[rest];
                    break;
                case "topic" when Rule(rest) is var (access, filter) && IsFilter(filter):
                    rules.Add(new AclRule(access, Encoding.UTF8.GetBytes(filter)));
                    break;
                case "pattern" when Rule(rest) is var (access, pattern) && IsFilter(pattern):
                    acl._patterns.Add((access, pattern));
                    break;
                default:
                    throw new FormatException($"line {number}: '{line}'");
            }
        }

        return acl;
    }

    /// <summary>The rights of one client. Patterns do not apply to names that would reach beyond one level.</summary>
    public Rights For(string clientId, string? userName)
    {
        var own = userName is null ? _anonymous : _users.GetValueOrDefault(userName, []);
        return new Rights([.. own, .. _patterns.Select(pattern => Fill(pattern, clientId, userName)).OfType<AclRule>()]);
    }

    private static AclRule? Fill((AclAccess Access, string Pattern) pattern, string clientId, string? userName)
    {
        var wantsUser = pattern.Pattern.Contains("%u", StringComparison.Ordinal);
        var wantsClient = pattern.Pattern.Contains("%c", StringComparison.Ordinal);
        if ((wantsUser && !IsOneLevel(userName)) || (wantsClient && !IsOneLevel(clientId)))
        {
            return null;
        }

        // One pass over the pattern: a client identifier of "%u" must not be filled in again.
        var filled = string.Join(userName, pattern.Pattern.Split("%u").Select(part => part.Replace("%c", clientId, StringComparison.Ordinal)));
        return new AclRule(pattern.Access, Encoding.UTF8.GetBytes(filled));
    }

    private static bool IsOneLevel(string? name) => !string.IsNullOrEmpty(name) && name.AsSpan().IndexOfAny('+', '#', '/') < 0;

    private static bool IsFilter(string filter) => MqttText.IsTopicFilter(Encoding.UTF8.GetBytes(filter));

    private static (AclAccess Access, string Filter) Rule(string rest)
    {
        var (word, filter) = Split(rest);
        AclAccess? access = filter.Length == 0 ? null : word switch
        {
            "read" => AclAccess.Read,
            "write" => AclAccess.Write,
            "readwrite" => AclAccess.ReadWrite,
            "deny" => AclAccess.Deny,
            _ => null,
        };
        return access is { } known ? (known, filter) : (AclAccess.ReadWrite, rest);
    }

    private static (string Word, string Remainder) Split(string line)
    {
        var space = line.AsSpan().IndexOfAny(' ', '\t');
        return space < 0 ? (line, "") : (line[..space], line[(space + 1)..].Trim());
    }
}
