using CleanStreets.Scoring.Index;

namespace CleanStreets.Scoring.Areas;

/// <summary>Writes area indices as a table. Each row says which question it answers; empty cells are "not known", never 0.</summary>
public static class AreaTable
{
    private const string Header =
        "area,method,question,from,to,index,low,high,acceptablyClean,acceptablyCleanLow,acceptablyCleanHigh,trend,trendLow,trendHigh,"
        + "coverage,timeCoverage,kilometres,streets,seenStreets,passes,trucks,singleSourceShare,class,classIfRestClean,classIfRestDirty,detectorBreak,intervalHolds";

    /// <summary>Writes the table.</summary>
    public static void Write(IEnumerable<AreaIndex> areas, TextWriter output)
    {
        output.Write(Header + "\n");
        foreach (var area in areas)
        {
            string[] cells =
            [
                CsvRecords.Quote(area.Area), area.Method, area.Question.ToString().ToLowerInvariant(), Time(area.From), Time(area.To),
                .. Cells(area.Index), .. Cells(area.AcceptablyClean), .. Cells(area.Trend),
                $"{area.Coverage:0.####}", $"{area.TimeCoverage:0.####}", $"{area.LengthMetres / 1000:0.###}",
                $"{area.Streets}", $"{area.SeenStreets}", $"{area.Passes}", $"{area.Trucks}", $"{area.SingleSourceShare:0.####}",
                .. Cells(area.Grid), CsvRecords.Quote(area.Detectors.Count > 1 ? string.Join(" > ", area.Detectors) : string.Empty),
                area.Index is null ? string.Empty : area.IntervalIsOfTrucksOnly ? "trucks only" : "streets and trucks",
            ];
            output.Write(string.Join(',', cells) + "\n");
        }
    }

    /// <summary>Writes what leaving out each truck does.</summary>
    public static void Write(IEnumerable<(string Area, IReadOnlyList<TruckEffect> Effects)> areas, TextWriter output)
    {
        output.Write("area,truck,indexWithout,change,coverageWithout\n");
        foreach (var (area, effects) in areas)
        {
            foreach (var effect in effects)
            {
                output.Write($"{CsvRecords.Quote(area)},{effect.Truck},{Number(effect.Without)},{Number(effect.Change)},{effect.CoverageWithout:0.####}\n");
            }
        }
    }

    private static string[] Cells(Estimate? estimate) =>
        estimate is { } known ? [Number(known.Value), Number(known.Low), Number(known.High)] : ["", "", ""];

    private static string[] Cells(GridBounds? grid) => grid is { } known
        ? [known.IsIncomplete ? "incomplete" : $"{known.IfRestClean.Class}", $"{known.IfRestClean.Class}", $"{known.IfRestDirty.Class}"]
        : ["", "", ""];

    private static string Number(double? value) => value is { } known ? $"{known:0.####}" : string.Empty;

    private static string Time(DateTimeOffset? moment) => moment is { } known ? $"{known.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}" : string.Empty;
}
