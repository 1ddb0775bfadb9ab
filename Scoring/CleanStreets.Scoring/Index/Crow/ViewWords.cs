namespace CleanStreets.Scoring.Index;

/// <summary>Which passes were no new views, and which a work order brought, in words.</summary>
internal static class ViewWords
{
    public static IEnumerable<string> Sentences(SegmentEvidence evidence, CrowOptions options, long asOfMs, long horizonMs)
    {
        var passes = new List<PassEvidence>();
        foreach (var pass in evidence.Passes)
        {
            if (pass.EnteredAtMs <= asOfMs && pass.EnteredAtMs >= asOfMs - horizonMs)
            {
                passes.Add(pass);
            }
        }

        var repeated = Views.Of([.. passes], options.Views, evidence.Resets.Moments(asOfMs)).Count(view => view != ViewShares.All);
        if (repeated > 0)
        {
            yield return $"{Many(repeated, "pass was", "passes were")} taken again by the same truck within {options.Views.RepeatWithin.TotalHours:0} h: "
                + "the later view stands for what both saw, and counts once.";
        }

        var orders = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var pass in passes)
        {
            if (evidence.Sent.OrderOf(pass.Truck, pass.EnteredAtMs, options.Views.SentWithin) is { } order)
            {
                orders[order.Value] = orders.GetValueOrDefault(order.Value) + 1;
            }
        }

        foreach (var (order, count) in orders)
        {
            yield return $"{Many(count, "pass was", "passes were")} driven because of work order {order}: evidence of the condition now, and no part of a period index.";
        }
    }

    private static string Many(int count, string one, string many) => count == 1 ? $"1 {one}" : $"{count} {many}";
}
