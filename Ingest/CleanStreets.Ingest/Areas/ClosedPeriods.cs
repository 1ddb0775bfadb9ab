using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using CleanStreets.Ingest.Measure;
using CleanStreets.Scoring.Areas;

namespace CleanStreets.Ingest.Areas;

/// <summary>Closed periods in their folder, a file each, never written again.</summary>
/// <remarks>
/// <c>2026-08-01_2026-11-01.crow-2.json</c> holds the areas, <c>….streets.csv.gz</c> every street that was seen. The file of the streets is written first: a period whose
/// areas are there is whole. One owner at a time.
/// </remarks>
internal sealed class ClosedPeriods(string folder)
{
    private const string Extension = ".json";
    private const string StreetsExtension = ".streets.csv.gz";

    private readonly Lazy<List<ClosedPeriod>> _all = new(() => Read(folder));

    /// <summary>Every closed period, by its end and then by its length.</summary>
    public IReadOnlyList<ClosedPeriod> All => _all.Value;

    /// <summary>Whether a period has been closed by a method.</summary>
    public bool Has(DateTimeOffset from, DateTimeOffset to, string method) => All.Any(period => period.From == from && period.To == to && period.Report.Method == method);

    /// <summary>The newest closed period, by a method, that has ended before another of about the same length begins, and not long before.</summary>
    public ClosedPeriod? Before(DateTimeOffset from, DateTimeOffset to, string method)
    {
        var (shortest, longest) = ((to - from) * 0.9, (to - from) * 1.1);
        return All.LastOrDefault(period => period.Report.Method == method && period.To <= from && from - period.To <= LongestGap && period.To - period.From >= shortest && period.To - period.From <= longest);
    }

    // A period is closed at the end of each month: the newest that ended before any moment ended within the month before it.
    private static TimeSpan LongestGap { get; } = TimeSpan.FromDays(31);

    /// <summary>Closes a period for good.</summary>
    /// <param name="period">The period.</param>
    /// <param name="streets">Every street that was seen.</param>
    public void Add(ClosedPeriod period, IReadOnlyList<StreetPeriod> streets)
    {
        if (Has(period.From, period.To, period.Report.Method))
        {
            throw new InvalidOperationException($"{NameOf(period)} is closed already, and is not computed again.");
        }

        DurableFile.Replace(Path.Combine(folder, NameOf(period) + StreetsExtension), Table(streets));
        DurableFile.Replace(Path.Combine(folder, NameOf(period) + Extension), JsonSerializer.SerializeToUtf8Bytes(period, ClosedPeriodJson.Default.ClosedPeriod));
        _all.Value.Add(period);
        _all.Value.Sort(InOrder);
    }

    private static List<ClosedPeriod> Read(string folder)
    {
        var all = new List<ClosedPeriod>();
        foreach (var path in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*" + Extension) : [])
        {
            try
            {
                if (JsonSerializer.Deserialize(File.ReadAllBytes(path), ClosedPeriodJson.Default.ClosedPeriod) is { Report: { From: not null, Areas: not null }, Spreads: not null } period
                    && period.Spreads.Count == period.Report.Areas.Count)
                {
                    all.Add(period);
                }
            }
            catch (JsonException)
            {
                // Not ours, or damaged: it stays for a person to look at, and is no period.
            }
        }

        all.Sort(InOrder);
        return all;
    }

    private static int InOrder(ClosedPeriod a, ClosedPeriod b) => a.To != b.To ? a.To.CompareTo(b.To) : b.From.CompareTo(a.From);

    private static string NameOf(ClosedPeriod period) => string.Create(CultureInfo.InvariantCulture, $"{period.From.UtcDateTime:yyyy-MM-dd}_{period.To.UtcDateTime:yyyy-MM-dd}.{period.Report.Method}");

    private static byte[] Table(IReadOnlyList<StreetPeriod> streets)
    {
        using var bytes = new MemoryStream();
        using (var table = new StreamWriter(new GZipStream(bytes, CompressionLevel.Optimal), new UTF8Encoding(false)))
        {
            table.Write("segmentId,index,low,high,coverage,timeShare,passes,singleSource\n");
            foreach (var street in streets)
            {
                table.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{street.SegmentId},{street.Index:0.####},{street.Low:0.####},{street.High:0.####},{street.Coverage:0.####},{street.TimeShare:0.####},{street.Passes},{street.SingleSource?.Value}\n"));
            }
        }

        return bytes.ToArray();
    }
}
