using System.Globalization;
using CleanStreets.Scoring.Areas;
using CleanStreets.Scoring.Observations;

namespace CleanStreets.Ingest.Rescore;

/// <summary>Tells a person what would change.</summary>
internal static class RescoreText
{
    private const int Listed = 10;

    public static void Write(RescoreResult result, TextWriter output)
    {
        WriteJournal(result, output);
        WriteModels(result, output);
        WriteCounts(result, output);
        WriteClasses(result, output);
        WriteLargest(result, output);
        WriteAreas(result, output);
    }

    private static void WriteJournal(RescoreResult result, TextWriter output)
    {
        var span = result.Span;
        output.WriteLine(span.Records == 0 && !result.FromSnapshot
            ? "The journal holds no records."
            : $"Journal: {span.Records} records, received {Time(span.OldestReceivedAtMs)} to {Time(span.NewestReceivedAtMs)}"
                + (result.FromSnapshot ? "; evidence from before that came from a snapshot, because retention has removed those readings." : $", {result.BookBefore.Passes} passes, {result.BookBefore.Facts} facts.")
                + (span.From == 0 ? " It is whole." : string.Empty));
        if (result.MissesEvidence)
        {
            output.WriteLine($"Readings from before {Time(span.OldestReceivedAtMs)} are gone and would still weigh something: scores here are of less evidence than the live ones.");
        }

        if (span.Unreadable > 0)
        {
            output.WriteLine($"{span.Unreadable} records were written by another version and were left out.");
        }

        foreach (var damage in span.Damage)
        {
            output.WriteLine($"Not read: {damage}");
        }

        output.WriteLine($"From {result.Before.Name} to {result.After.Name}, as of {Time(result.AsOfMs)}; {result.Scale.Words}.");
    }

    private static void WriteModels(RescoreResult result, TextWriter output)
    {
        var models = result.BookBefore.Models;
        if (models.Spans.Count + models.Trials.Count < 2)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine("Detector versions: numbers before and after a break are not of one detector");
        foreach (var (span, words) in models.Spans.Select(span => (span, "passes")).Concat(models.Trials.Select(span => (span, "passes on trial"))))
        {
            output.WriteLine($"  {span.Version,-24} {span.Passes,6} {words}, {Time(span.FirstMs)} to {Time(span.LastMs)}");
        }

        foreach (var comparison in models.Comparisons())
        {
            output.WriteLine($"  {comparison.Older} → {comparison.Newer}: " + comparison switch
            {
                { Kinds.Count: 0 } => "break without a bridge, no street was seen by both in one hour",
                { OnSameFrames: true } => "what the newer finds for one of the older, both on the same frames (90 %)",
                _ => "what the newer finds for one of the older, where both saw a street in one hour (90 %)",
            });
            foreach (var bridge in comparison.Kinds)
            {
                output.WriteLine(bridge.Factor is { } factor
                    ? string.Create(CultureInfo.InvariantCulture, $"    {bridge.Kind,-20} × {factor:0.00} ({bridge.Low:0.00}–{bridge.High:0.00}) from {bridge.Places} {Places(comparison)}, {bridge.OlderCount} and {bridge.NewerCount} found")
                    : $"    {bridge.Kind,-20} not known: {bridge.OlderCount} and {bridge.NewerCount} found on {bridge.Places} {Places(comparison)}");
            }
        }
    }

    private static string Places(ModelComparison comparison) => comparison.OnSameFrames ? "passes" : "places";

    private static void WriteCounts(RescoreResult result, TextWriter output)
    {
        int Of(StreetChange change) => result.Count(change);
        var (cleaner, dirtier) = (Of(StreetChange.Cleaner), Of(StreetChange.Dirtier));
        output.WriteLine();
        output.WriteLine($"{result.Rows.Count} streets: {result.Rows.Count(row => row.Before.IsSeen)} seen before, {result.Rows.Count(row => row.After.IsSeen)} after");
        output.WriteLine($"{cleaner + dirtier,8} change their class: {cleaner} cleaner, {dirtier} dirtier");
        output.WriteLine($"{Of(StreetChange.Appears),8} would be seen that are not, {Of(StreetChange.Disappears)} would not be seen any more");
        output.WriteLine($"{Of(StreetChange.NumberOnly),8} change only in numbers");
        output.WriteLine($"{Of(StreetChange.None),8} do not change at all");
    }

    private static void WriteClasses(RescoreResult result, TextWriter output)
    {
        if (result.Before.Grades is not { } before || result.After.Grades is not { } after)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine($"{"before ↓ after →",-18}{string.Concat(after.FromCleanest.Select(grade => $"{grade.Name,16}"))}{"not seen",16}");
        for (var from = 0; from <= before.FromCleanest.Count; from++)
        {
            int? rank = from < before.FromCleanest.Count ? from : null;
            var counts = Enumerable.Range(0, after.FromCleanest.Count).Select(to => (int?)to).Append(null)
                .Select(to => result.Rows.Count(row => row.Before.Rank == rank && row.After.Rank == to));
            output.WriteLine($"{(rank is null ? "not seen" : before.FromCleanest[from].Name),-18}{string.Concat(counts.Select(count => $"{count,16}"))}");
        }
    }

    private static void WriteLargest(RescoreResult result, TextWriter output)
    {
        var largest = result.Largest.Take(Listed).ToList();
        if (largest.Count == 0)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine("The largest changes");
        foreach (var row in largest)
        {
            output.WriteLine($"  {row.Segment.Id.Value,-24} {Told(row.Before, result.Before),-20} → {Told(row.After, result.After),-20} {row.Segment.Name}");
        }
    }

    private static void WriteAreas(RescoreResult result, TextWriter output)
    {
        if (result.Areas.Count == 0)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine($"{"area",-32}{"streets",9}{"cleaner",9}{"dirtier",9}{"appear",9}{"vanish",9}   index before → after");
        foreach (var area in result.Areas.OrderByDescending(area => area.Cleaner + area.Dirtier).ThenBy(area => area.Area, StringComparer.Ordinal))
        {
            output.WriteLine($"{area.Area,-32}{area.Streets,9}{area.Cleaner,9}{area.Dirtier,9}{area.Appear,9}{area.Disappear,9}   {Number(area.Before)} → {Number(area.After)}");
        }

        foreach (var choice in new[] { result.Before, result.After }.Where(choice => !choice.Method.HasDeviations).DistinctBy(choice => choice.Name))
        {
            output.WriteLine($"Intervals of {choice.Name} hold the trucks' part only: its grades are rounded, and doubt about single streets is not in them.");
        }
    }

    private static string Told(StreetScore score, ScoringChoice choice) => score.Number is not { } number ? "not seen"
        : score.Rank is { } rank ? $"{choice.Grades!.FromCleanest[rank].Name} ({number.ToString("0.##", CultureInfo.InvariantCulture)})"
        : number.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Number(Estimate? estimate) => estimate is { } known
        ? string.Create(CultureInfo.InvariantCulture, $"{known.Value:0.###} ({known.Low:0.##}–{known.High:0.##})")
        : "not seen";

    public static string Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
