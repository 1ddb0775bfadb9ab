using System.Security.Cryptography;
using System.Text;

namespace CleanStreets.Edge.Aim.Page;

/// <summary>Lets in whoever has the code that stands on the box's screen: each code once, and only so many guesses.</summary>
/// <remarks>
/// Eight digits and five guesses, then a new code and half a minute's rest: somebody who guesses day and night needs nine years or so. Guesses are counted for everybody together, because on an open network
/// addresses cost nothing; whoever is in already is not disturbed. Any thread.
/// </remarks>
/// <param name="time">Time.</param>
/// <param name="changed">Hears every new code, with why there is one.</param>
internal sealed class AimDoor(TimeProvider time, Action<string, string> changed)
{
    /// <summary>Digits of a code.</summary>
    public const int Digits = 8;

    /// <summary>Wrong guesses at one code.</summary>
    public const int Guesses = 5;

    private const int MaxSessions = 3;
    private const int TokenBytes = 32;

    /// <summary>Nobody gets in this long after too many guesses.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    /// <summary>A phone that was let in stays so long.</summary>
    public static readonly TimeSpan SessionLife = TimeSpan.FromHours(8);

    private readonly Lock _lock = new();
    private readonly List<(byte[] Token, long Since)> _sessions = [];
    private string _code = NewCode();
    private int _wrong;
    private long? _restsSince;

    /// <summary>The code that opens next.</summary>
    public string Code
    {
        get
        {
            lock (_lock)
            {
                return _code;
            }
        }
    }

    /// <summary>The code as people read it: <c>4821 9930</c>.</summary>
    public static string Readable(string code) => $"{code[..4]} {code[4..]}";

    /// <summary>Tries a code; spaces do not matter.</summary>
    /// <param name="code">What somebody typed.</param>
    /// <param name="from">Where they are, for the screen.</param>
    public Entry Enter(string code, string from)
    {
        var typed = string.Concat(code.Where(c => !char.IsWhiteSpace(c) && c != '-'));
        string next, why;
        var entry = new Entry(null, null);
        lock (_lock)
        {
            if (_restsSince is { } since && time.GetElapsedTime(since) is var rested && rested < Rest)
            {
                return new Entry(null, Rest - rested);
            }

            _restsSince = null;
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(typed), Encoding.UTF8.GetBytes(_code)))
            {
                var token = RandomNumberGenerator.GetBytes(TokenBytes);
                _sessions.RemoveAll(session => time.GetElapsedTime(session.Since) >= SessionLife);
                if (_sessions.Count == MaxSessions)
                {
                    _sessions.RemoveAt(0);
                }

                _sessions.Add((token, time.GetTimestamp()));
                (entry, why) = (new Entry(Convert.ToHexStringLower(token), null), $"{from} has the page now");
            }
            else if (++_wrong < Guesses)
            {
                return entry;
            }
            else
            {
                _restsSince = time.GetTimestamp();
                (entry, why) = (new Entry(null, Rest), $"{Guesses} wrong codes, the last from {from}");
            }

            (_code, _wrong) = (NewCode(), 0);
            next = _code;
        }

        changed(next, why);
        return entry;
    }

    /// <summary>Whether somebody was let in with this token.</summary>
    public bool Knows(string? token)
    {
        if (token is not { Length: TokenBytes * 2 } || !token.All(char.IsAsciiHexDigit))
        {
            return false;
        }

        var bytes = Convert.FromHexString(token);
        lock (_lock)
        {
            return _sessions.Exists(session => CryptographicOperations.FixedTimeEquals(session.Token, bytes) && time.GetElapsedTime(session.Since) < SessionLife);
        }
    }

    private static string NewCode() => RandomNumberGenerator.GetInt32(100_000_000).ToString("D8");
}

/// <summary>What came of a try.</summary>
/// <param name="Token">Whoever has it is in; null: the code was wrong.</param>
/// <param name="Wait">How long nobody gets in; null: try again at once.</param>
internal readonly record struct Entry(string? Token, TimeSpan? Wait);
