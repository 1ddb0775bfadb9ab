using CleanStreets.Contracts.Readings;

namespace CleanStreets.Contracts.Tests.Readings;

/// <summary>Compares buffers of readings with everything that belongs to them.</summary>
internal static class Same
{
    public static void ShouldHold(this ReadingBuffer actual, ReadingBuffer expected, string because) =>
        Compare(actual, expected, because, sensors => sensors);

    public static void ShouldHoldInAnySensorOrder(this ReadingBuffer actual, ReadingBuffer expected, string because) =>
        Compare(actual, expected, because, sensors => [.. sensors.OrderBy(s => s.Name, StringComparer.Ordinal)]);

    private static void Compare(ReadingBuffer actual, ReadingBuffer expected, string because, Func<SensorValue[], SensorValue[]> order)
    {
        actual.Count.ShouldBe(expected.Count, because);
        for (var i = 0; i < expected.Count; i++)
        {
            var a = actual.Readings[i];
            var e = expected.Readings[i];
            Bare(a).ShouldBe(Bare(e), because);
            actual.DetectionsOf(in a).ToArray().ShouldBe(expected.DetectionsOf(in e).ToArray(), because);
            order(actual.SensorsOf(in a).ToArray()).ShouldBe(order(expected.SensorsOf(in e).ToArray()), because);
        }
    }

    private static Reading Bare(Reading reading) => reading with { DetectionStart = 0, SensorStart = 0 };
}
