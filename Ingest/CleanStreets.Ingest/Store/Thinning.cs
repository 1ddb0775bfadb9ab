using CleanStreets.Contracts.ReadApi;

namespace CleanStreets.Ingest.Store;

/// <summary>Chooses how fine a history is shown, the same way whatever store it comes from.</summary>
internal static class Thinning
{
    /// <summary>Most points fetched of a segment before they are thinned: ten a day for decades.</summary>
    public const int MostFetched = 100_000;

    private static readonly TimeSpan[] Resolutions = [TimeSpan.Zero, TimeSpan.FromHours(1), TimeSpan.FromDays(1)];

    /// <summary>All points when they are few enough; else the last of each hour, else of each day; of those the newest.</summary>
    /// <param name="points">Points, oldest first.</param>
    /// <param name="limit">Most points wanted.</param>
    public static IReadOnlyList<ScorePoint> Choose(IReadOnlyList<ScorePoint> points, int limit)
    {
        var chosen = points;
        foreach (var resolution in Resolutions)
        {
            chosen = resolution == TimeSpan.Zero ? points : LastOfEach(points, resolution);
            if (chosen.Count <= limit)
            {
                return chosen;
            }
        }

        return chosen.Skip(chosen.Count - limit).ToList();
    }

    private static List<ScorePoint> LastOfEach(IReadOnlyList<ScorePoint> points, TimeSpan resolution)
    {
        var last = new List<ScorePoint>();
        foreach (var point in points)
        {
            var isSame = last.Count > 0 && last[^1].AsOf.UtcTicks / resolution.Ticks == point.AsOf.UtcTicks / resolution.Ticks;
            if (isSame)
            {
                last.RemoveAt(last.Count - 1);
            }

            last.Add(point);
        }

        return last;
    }
}
