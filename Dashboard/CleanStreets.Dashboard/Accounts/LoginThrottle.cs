using System.Collections.Concurrent;

namespace CleanStreets.Dashboard.Accounts;

/// <summary>Counts wrong log-ins by name and minute, so that guessing is slow.</summary>
/// <remarks>Bounded: names of past minutes are forgotten, and beyond 10,000 names in one minute everybody waits.</remarks>
internal sealed class LoginThrottle(TimeProvider time)
{
    /// <summary>Wrong log-ins of one name in one minute before it has to wait.</summary>
    public const int MaxWrong = 10;

    private const int MaxNames = 10_000;

    private readonly ConcurrentDictionary<(string Name, long Minute), int> _wrong = new();

    public bool IsOpen(string name) => _wrong.Count < MaxNames && _wrong.GetValueOrDefault(Key(name)) < MaxWrong;

    public void CountWrong(string name)
    {
        var key = Key(name);
        foreach (var old in _wrong.Keys.Where(other => other.Minute != key.Minute))
        {
            _wrong.TryRemove(old, out _);
        }

        _wrong.AddOrUpdate(key, 1, (_, count) => count + 1);
    }

    private (string Name, long Minute) Key(string name) => (name.ToUpperInvariant(), time.GetUtcNow().ToUnixTimeSeconds() / 60);
}
