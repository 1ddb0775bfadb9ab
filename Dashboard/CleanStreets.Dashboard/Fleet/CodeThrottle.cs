using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace CleanStreets.Dashboard.Fleet;

/// <summary>Counts tries of enrolment codes by address and altogether, a minute at a time, so that guessing is hopeless.</summary>
/// <remarks>
/// With 60 guesses a minute a day has 86,400; with 400 codes out that is one chance in 30,000 a day to hit one of 2⁴⁰. Each guess also costs the slow
/// hash of <see cref="CodeBook"/>. Bounded: at most <see cref="MaxWrong"/> addresses are remembered.
/// </remarks>
internal sealed class CodeThrottle(TimeProvider time)
{
    /// <summary>Wrong codes from one address in a minute before it has to wait.</summary>
    public const int MaxWrongPerAddress = 10;

    /// <summary>Wrong codes from everywhere in a minute before all have to wait.</summary>
    public const int MaxWrong = 60;

    private readonly ConcurrentDictionary<string, int> _wrong = new(StringComparer.Ordinal);
    private long _minute;
    private int _all;

    /// <summary>Counts a try before it is judged, so that many at once are not more than their number; false: it is one too many.</summary>
    public bool TryEnter(IPAddress? address)
    {
        Turn();
        return Interlocked.Increment(ref _all) <= MaxWrong && _wrong.AddOrUpdate(Key(address), 1, (_, count) => count + 1) <= MaxWrongPerAddress;
    }

    /// <summary>The code was right: it does not count as a guess.</summary>
    public void Forgive(IPAddress? address)
    {
        Interlocked.Decrement(ref _all);
        _wrong.AddOrUpdate(Key(address), 0, (_, count) => Math.Max(0, count - 1));
    }

    private void Turn()
    {
        var minute = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        if (Interlocked.Exchange(ref _minute, minute) != minute)
        {
            Volatile.Write(ref _all, 0);
            _wrong.Clear();
        }
    }

    // Whoever has one IPv6 address has 2⁶⁴ of them.
    private static string Key(IPAddress? address) => address switch
    {
        null => "unknown",
        { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)),
        _ => address.MapToIPv4().ToString(),
    };
}
