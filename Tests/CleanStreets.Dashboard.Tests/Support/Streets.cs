using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Scores;
using CleanStreets.Dashboard.Map;

namespace CleanStreets.Dashboard.Tests.Support;

/// <summary>A small town of parallel streets and its scores.</summary>
internal static class Streets
{
    public const string Version = "abcdef012345";

    public static string Id(int index) => $"s-{index}";

    public static double[][] Line(int index) =>
        [[-122.30 + (index * 0.001), 37.810], [-122.30 + (index * 0.001), 37.811], [-122.2998 + (index * 0.001), 37.812]];

    public static StreetProperties Properties(int index) =>
        new(SegmentId.Parse(Id(index)), index, index == 0 ? null : $"{index} Street", "residential", index % 2 == 1, 222);

    public static StreetMap Map(int count) => new(Version, [.. Enumerable.Range(0, count).Select(i => new MapSegment(Properties(i), Line(i)))]);

    public static string GeoJson(int count) => JsonSerializer.Serialize(new
    {
        type = "FeatureCollection",
        features = Enumerable.Range(0, count).Select(i => new
        {
            type = "Feature",
            id = i + 1,
            geometry = new { type = "LineString", coordinates = Line(i) },
            properties = JsonSerializer.SerializeToElement(Properties(i), ContractJson.Default.StreetProperties),
        }),
    });

    /// <summary>A score by grade: 0 is A+, 4 is D.</summary>
    public static SegmentScore Score(int index, Grade grade, DateTimeOffset at, int pending = 0) => new()
    {
        SegmentId = SegmentId.Parse(Id(index)),
        NetworkVersion = Version,
        Method = "crow-1",
        AsOf = at,
        State = ScoreState.Seen,
        Grade = grade,
        Index = (byte)grade + 0.5,
        Low = (byte)grade + 0.2,
        High = (byte)grade + 0.9,
        Probabilities = Grades.All.ToDictionary(g => g.Name(), g => g == grade ? 0.96 : 0.01),
        Coverage = 0.95,
        NewestObservationAt = at,
        SampleSize = 3,
        PendingConfirmations = pending,
    };

    public static SegmentScore NotSeen(int index, DateTimeOffset at) => new()
    {
        SegmentId = SegmentId.Parse(Id(index)),
        NetworkVersion = Version,
        Method = "crow-1",
        AsOf = at,
        State = ScoreState.NotSeen,
    };

    public static PassSummary Pass(string truck, DateTimeOffset enteredAt, Grade grade) => new(
        TruckId.Parse(truck), enteredAt, enteredAt.AddSeconds(20), true, 1, 200, new Dictionary<string, int> { ["loose_litter"] = (byte)grade * 5 },
        Contracts.Readings.Light.Day, "curb-right", "litter-7.2", grade, (byte)grade + 0.5);
}
