using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Scores;

namespace CleanStreets.Scoring.Index;

/// <summary>The arithmetic of a score in words and rows.</summary>
internal static class CrowWords
{
    public static List<string> Sentences(SegmentScore score, Judgement judgement, long cutoffMs, LaterKnowledge? later)
    {
        var sentences = new List<string>();
        if (judgement.Posterior is { } posterior)
        {
            sentences.Add(Decides(score, judgement, posterior));
            sentences.Add($"Index {Cut(score.Index)}, with 90 % confidence between {Cut(score.Low)} and {Cut(score.High)}; "
                + $"the letter {posterior.Grade.Letter()} itself is {score.Probabilities![posterior.Grade.Name()] * 100:0} % likely.");
        }
        else
        {
            sentences.Add(score.NewestObservationAt is null
                ? "Not seen: no truck has passed yet. That is not the same as clean."
                : $"Not seen: too little was seen lately to say anything (newest {Ago(score)} before). That is not the same as clean.");
        }

        sentences.Add($"{score.Coverage * 100:0} % of its length was seen lately.");
        if (score.PendingConfirmations > 0)
        {
            sentences.Add($"{Many(score.PendingConfirmations, "find")} may be illegal dumping; until a person confirms, that adds nothing.");
        }

        if (cutoffMs > long.MinValue)
        {
            sentences.Add($"A cleaning of {DateTimeOffset.FromUnixTimeMilliseconds(cutoffMs):yyyy-MM-dd HH:mm} UTC was verified: what was seen before is set aside.");
        }

        if (later is not null)
        {
            sentences.Add(Later(later));
        }

        return sentences;
    }

    private static string Later(LaterKnowledge later)
    {
        var what = string.Join(" and ", new[]
        {
            later.Passes > 0 ? Many(later.Passes, "pass", "passes") : null,
            later.Cleanings > 0 ? Many(later.Cleanings, "verified cleaning") : null,
        }.OfType<string>());
        return $"Of this, {what} became known only later, the last at {later.LastArrivedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC; by what was known at the moment itself the street was "
            + (later.Grade is { } grade ? $"{grade.Letter()}, index {Cut(later.Index)}." : "not seen.");
    }

    // Cut, not rounded: 2.96 belongs to another letter than 3.0.
    private static string Cut(double? index) => (Math.Floor(index.GetValueOrDefault() * 10) / 10).ToString("0.0");

    public static IReadOnlyList<CategoryExplanation> Rows(Judgement judgement) =>
        [.. judgement.Categories.Select(c => new CategoryExplanation(
            c.Category.Name,
            [.. c.Category.Kinds.Select(k => k.Kind)],
            Math.Round(c.Evidence.Pieces, 3),
            Math.Round(c.Evidence.SquareMetres, 3),
            Math.Round(c.Mean, 3),
            Math.Round(c.Index, 3),
            c.Category.HalfLifeHours,
            judgement.Posterior is { } p && !Floored(judgement, p) && ReferenceEquals(p.Worst, c)))];

    private static string Decides(SegmentScore score, Judgement judgement, OverallPosterior posterior)
    {
        if (Floored(judgement, posterior))
        {
            return "Illegal dumping decides: a person has confirmed it, and no later pass has verified a cleaning.";
        }

        var worst = posterior.Worst;
        var name = char.ToUpperInvariant(worst.Category.Name[0]) + worst.Category.Name[1..];
        return $"{name} decides: about {Pieces(worst.Mean)} per 100 m² from {Many(judgement.SampleSize, "pass", "passes")}, the newest {Ago(score)} before.";
    }

    private static bool Floored(Judgement judgement, OverallPosterior posterior) => judgement.Dumping && posterior.Index > posterior.Worst.Index;

    private static string Pieces(double mean) => mean switch
    {
        >= 10 => $"{mean:0} pieces",
        >= 1 => $"{mean:0.#} pieces",
        _ => $"{mean:0.##} pieces",
    };

    private static string Ago(SegmentScore score)
    {
        var age = score.AsOf - score.NewestObservationAt!.Value;
        return age.TotalMinutes < 2 ? "a moment"
            : age.TotalMinutes < 90 ? $"{age.TotalMinutes:0} min"
            : age.TotalHours < 48 ? $"{age.TotalHours:0} h"
            : $"{age.TotalDays:0} days";
    }

    private static string Many(int count, string one, string? many = null) => count == 1 ? $"1 {one}" : $"{count} {many ?? one + "s"}";
}
