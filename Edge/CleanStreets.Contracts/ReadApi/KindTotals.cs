using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace CleanStreets.Contracts.ReadApi;

/// <summary>Counts by kind, in the order of kinds, in one array: a pass has a handful, and there are very many passes. Immutable.</summary>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "Named after what it holds; that it reads like a dictionary is how it is told as JSON.")]
public sealed class KindTotals : IReadOnlyDictionary<string, int>
{
    private readonly KeyValuePair<string, int>[] _totals;

    private KindTotals(KeyValuePair<string, int>[] totals) => _totals = totals;

    /// <summary>No kind at all.</summary>
    public static KindTotals None { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _totals.Length;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _totals.Select(total => total.Key);

    /// <inheritdoc/>
    public IEnumerable<int> Values => _totals.Select(total => total.Value);

    /// <inheritdoc/>
    public int this[string key] => TryGetValue(key, out var count) ? count : throw new KeyNotFoundException($"There is no '{key}'.");

    /// <summary>The sums of counts; those of the same kind may come several times.</summary>
    public static KindTotals Of(ReadOnlySpan<KeyValuePair<string, int>> counts)
    {
        if (counts.IsEmpty)
        {
            return None;
        }

        var totals = counts.ToArray();
        if (!IsOrdered(totals))
        {
            totals.AsSpan().Sort(static (one, other) => string.CompareOrdinal(one.Key, other.Key));
        }

        var last = 0;
        for (var i = 1; i < totals.Length; i++)
        {
            var isSame = string.Equals(totals[i].Key, totals[last].Key, StringComparison.Ordinal);
            last += isSame ? 0 : 1;
            totals[last] = isSame ? new(totals[last].Key, totals[last].Value + totals[i].Value) : totals[i];
        }

        return new KindTotals(last + 1 == totals.Length ? totals : totals[..(last + 1)]);
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => TryGetValue(key, out _);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out int value)
    {
        var (low, high) = (0, _totals.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(_totals[middle].Key, key);
            if (order == 0)
            {
                value = _totals[middle].Value;
                return true;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle);
        }

        value = 0;
        return false;
    }

    /// <summary>Goes through the kinds without a copy.</summary>
    public ReadOnlySpan<KeyValuePair<string, int>>.Enumerator GetEnumerator() => new ReadOnlySpan<KeyValuePair<string, int>>(_totals).GetEnumerator();

    IEnumerator<KeyValuePair<string, int>> IEnumerable<KeyValuePair<string, int>>.GetEnumerator() => _totals.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _totals.GetEnumerator();

    private static bool IsOrdered(ReadOnlySpan<KeyValuePair<string, int>> totals)
    {
        for (var i = 1; i < totals.Length; i++)
        {
            if (string.CompareOrdinal(totals[i - 1].Key, totals[i].Key) > 0)
            {
                return false;
            }
        }

        return true;
    }
}
