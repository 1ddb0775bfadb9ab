using System.Globalization;

namespace CleanStreets.Edge.Simulate.Stories;

/// <summary>Which trucks a story is about: all, a share that the seed chooses, or numbers.</summary>
internal static class TruckChoice
{
    private static readonly Dictionary<string, int> Shares = new() { ["all"] = 1, ["half"] = 2, ["third"] = 3, ["quarter"] = 4 };

    /// <summary>Whether it can be read.</summary>
    public static bool IsValid(string choice) => Shares.ContainsKey(choice) || Numbers(choice) is not null;

    /// <summary>The trucks' places in the fleet, from 0. A share is rounded up, and the same seed and story choose the same trucks for every event.</summary>
    public static HashSet<int> Of(string choice, int trucks, int seed, string story)
    {
        if (!Shares.TryGetValue(choice, out var share))
        {
            return [.. Numbers(choice)!.Select(number => number - 1).Where(index => index < trucks)];
        }

        var order = Enumerable.Range(0, trucks).ToArray();
        new Random(unchecked((seed * 486_187_739) + StoryHash.Of(story))).Shuffle(order);
        return [.. order.Take((trucks + share - 1) / share)];
    }

    /// <summary>Numbers like <c>1,4-6</c>, from 1; null when it is something else.</summary>
    public static List<int>? Numbers(string choice)
    {
        var numbers = new List<int>();
        foreach (var part in choice.Split(',', StringSplitOptions.TrimEntries))
        {
            var ends = part.Split('-');
            if (ends.Length > 2 || !TryNumber(ends[0], out var from) || !TryNumber(ends[^1], out var to) || from > to)
            {
                return null;
            }

            numbers.AddRange(Enumerable.Range(from, to - from + 1));
        }

        return numbers;
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is >= 1 and <= SimulateOptions.MaxTrucks;
}

/// <summary>A number of a text that is the same on every machine.</summary>
internal static class StoryHash
{
    /// <summary>FNV-1a of its UTF-16 units.</summary>
    public static int Of(string text) => unchecked((int)text.Aggregate(2_166_136_261u, (hash, unit) => (hash ^ unit) * 16_777_619));
}
