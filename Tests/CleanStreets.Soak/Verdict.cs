using CleanStreets.Testing;

namespace CleanStreets.Soak;

/// <summary>The one line at the end: what was sent and acknowledged, and what the journal holds of it.</summary>
internal sealed record Verdict(long Sent, long Acknowledged, long Stored, long Lost, long Twice)
{
    private const string TwiceLine = "accepted twice: ";

    public bool IsGood => Lost == 0 && Twice == 0 && Acknowledged > 0;

    public override string ToString() => $"sent {Sent}, acknowledged {Acknowledged}, stored {Stored}, lost {Lost}, counted twice {Twice}";

    /// <summary>Asks <c>journal check</c>, as an operator would.</summary>
    public static async Task<Verdict> OfAsync(SoakFleet fleet, string data)
    {
        await using var check = ProductProgram.Start("Ingest/CleanStreets.Ingest", "journal", "check", "--data", data);
        await check.ExitAsync(SoakRun.Patience);
        var accepted = new Dictionary<(string Truck, string Session), List<(long First, long Last)>>();
        var twice = 0L;
        foreach (var line in check.Output.Split(Environment.NewLine))
        {
            if (line.Split(' ') is [var truck, var session, "accepted", var ranges])
            {
                accepted[(truck, session)] = ranges.Split(',').Select(Range).ToList();
            }
            else if (line.StartsWith(TwiceLine, StringComparison.Ordinal))
            {
                twice = long.Parse(line[TwiceLine.Length..]);
            }
        }

        var lost = fleet.AcknowledgedReadings.LongCount(reading => !accepted.TryGetValue((reading.Truck, reading.Session), out var ranges)
            || !ranges.Exists(range => range.First <= reading.Sequence && reading.Sequence <= range.Last));
        var stored = accepted.Values.Sum(ranges => ranges.Sum(range => range.Last - range.First + 1));
        return new Verdict(fleet.Sent, fleet.Acknowledged, stored, lost, twice);
    }

    private static (long First, long Last) Range(string text) => text.Split('-') is [var first, var last]
        ? (long.Parse(first), long.Parse(last))
        : (long.Parse(text), long.Parse(text));
}
