namespace CleanStreets.Edge.Simulate.Stories;

/// <summary>Finds what is wrong in a story: each action has its parameters, and none that it does not know.</summary>
internal static class StoryCheck
{
    /// <summary>The longest story: what HH:MM can say.</summary>
    public static readonly TimeSpan Longest = new(23, 59, 59);

    private const double MostMud = 0.45;

    /// <summary>Every fault, in a clause each; empty when there is none.</summary>
    public static IReadOnlyList<string> Faults(StoryScript script)
    {
        var faults = new List<string>();
        if (script.Name.Length is 0 or > 40)
        {
            faults.Add("name is 1 to 40 letters long");
        }

        if (script.Lasts <= TimeSpan.Zero || script.Lasts > Longest)
        {
            faults.Add("lasts is more than 0 and at most 23:59:59");
        }

        for (var i = 0; i < script.Events.Count; i++)
        {
            faults.AddRange(Faults(script.Events[i], script.Lasts).Select(fault => $"event {i + 1} ({Word(script.Events[i].Do)}): {fault}"));
        }

        return faults;
    }

    /// <summary>The action as the file writes it.</summary>
    public static string Word(StoryAction action) => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(action.ToString());

    private static IEnumerable<string> Faults(StoryEvent told, TimeSpan lasts)
    {
        var action = told.Do;
        var rules = new (bool IsTrue, string Rule)[]
        {
            (told.At >= TimeSpan.Zero && told.At < lasts, "at lies inside the story"),
            (told.Times is >= 1 and <= 1000 && (told.Times == 1 || told.Every > TimeSpan.Zero), "times is 1 to 1000, and more than one need every"),
            (told.Every is null || told.Every > (told.For ?? TimeSpan.Zero), "every is longer than for"),
            (told.For is null ? action is StoryAction.PowerCut or StoryAction.Sweep : told.For > TimeSpan.Zero, "for says how long it lasts"),
            (action != StoryAction.Sweep || told.For is null, "a sweep has no for"),
            (told.Where is null || action is StoryAction.DeadZone or StoryAction.Market or StoryAction.Sweep, "where is for dead-zone, market and sweep"),
            (told.Where is not null || action is not (StoryAction.Market or StoryAction.Sweep), "where says in which streets"),
            (told.Where is null || (told.Where.Near is null) != (told.Where.Streets is null), "where has either near or streets"),
            (told.Where is null || told.Where is { RadiusMetres: > 0, Most: null or > 0 }, "radiusMetres and most are above 0"),
            (told.Trucks == "all" || action is not (StoryAction.Market or StoryAction.Sweep), "trucks are for what happens to trucks"),
            (TruckChoice.IsValid(told.Trucks), "trucks is all, half, third, quarter or numbers like 1,4-6"),
            (Only(told.Share, action == StoryAction.Mud, share => share is > 0 and <= MostMud), $"share is for mud, up to {MostMud}: a lens that shows nothing is grease"),
            (Only(told.Metres, action is StoryAction.GpsOutliers or StoryAction.GpsJump, metres => metres is > 0 and <= 50_000), "metres is for gps-outliers and gps-jump, up to 50000"),
            (Only(told.OneIn, action == StoryAction.GpsOutliers, oneIn => oneIn >= 2), "oneIn is for gps-outliers, from 2"),
            ((told.Reads is null && told.Ahead is null) != (action == StoryAction.Clock), "clock, and nothing else, has reads or ahead"),
            (told.Reads is null || told.Ahead is null, "a clock has either reads or ahead"),
            (Only(told.Litter, action == StoryAction.Market, litter => litter is > 0 and <= 1000), "litter is for market, up to 1000"),
            (told.Piles is null || (action == StoryAction.Market && told.Piles is >= 0 and <= 20), "piles is for market, up to 20"),
            (told.Hides is null || (action == StoryAction.Market && told.Hides is >= 0 and <= 1), "hides is for market, 0 to 1"),
        };
        return rules.Where(rule => !rule.IsTrue).Select(rule => rule.Rule);
    }

    /// <summary>There when the action needs it, absent otherwise, and right.</summary>
    private static bool Only<T>(T? value, bool isNeeded, Func<T, bool> isRight)
        where T : struct => value is { } given ? isNeeded && isRight(given) : !isNeeded;
}
