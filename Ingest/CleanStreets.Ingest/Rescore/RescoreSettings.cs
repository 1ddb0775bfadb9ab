using System.Globalization;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.Observations;

namespace CleanStreets.Ingest.Rescore;

/// <summary>All settings that a score depends on, as <c>--set</c> changes them; without any they are the live ones.</summary>
internal sealed class RescoreSettings
{
    private const string Groups = "crow.NAME, crow.CATEGORY.NAME, crow.lasan.NAME, crow.views.NAME, observing.NAME, observing.recall or observing.recall.KIND, matching.NAME, acceptable.upto";

    private readonly List<string> _told = [];

    /// <summary>Categories, cuts, priors and fading.</summary>
    public CrowOptions Crow { get; private init; } = CrowOptions.Crow1;

    /// <summary>How readings become observations.</summary>
    public ObservationOptions Observing { get; private set; } = new();

    /// <summary>How traces are placed on streets.</summary>
    public MatchingOptions Matching { get; } = new();

    /// <summary>Index up to which <c>acceptably-clean</c> calls a street acceptable; null: its own.</summary>
    public double? AcceptableUpTo { get; private set; }

    /// <summary>Whether passes come out differently, not only what is made of them.</summary>
    public bool ChangesPasses { get; private set; }

    /// <summary>What was set, as it was written; empty: nothing.</summary>
    public string Told => string.Join(", ", _told);

    /// <param name="pairs">What <c>--set</c> says.</param>
    /// <param name="beliefs">Where the method starts from; it is changed.</param>
    /// <exception cref="UsageException">One of them is no setting of ours, or has a value it cannot have.</exception>
    public static RescoreSettings Parse(IEnumerable<string> pairs, CrowOptions beliefs)
    {
        var settings = new RescoreSettings { Crow = beliefs };
        foreach (var pair in pairs)
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0 || at == pair.Length - 1)
            {
                throw new UsageException($"--set {pair}: write KEY=VALUE, for example crow.litter.HalfLifeHours=72.");
            }

            settings.Set(pair[..at].Trim(), pair[(at + 1)..].Trim());
            settings._told.Add(pair);
        }

        // Other settings, another name: no number may be mistaken for one of the live method.
        settings.Crow.Name = settings._told.Count == 0 ? settings.Crow.Name : $"{settings.Crow.Name} ({settings.Told})";
        return settings.Crow.Faults() is { Count: > 0 } faults ? throw new UsageException($"--set {settings.Told}: {string.Join(' ', faults)}") : settings;
    }

    private void Set(string key, string value)
    {
        var parts = key.Split('.');
        switch (parts[0].ToUpperInvariant(), parts.Length)
        {
            case ("CROW", 2):
                OptionSetter.Set(Crow, key, parts[1], value);
                break;
            case ("CROW", 3) when parts[1].Equals("lasan", StringComparison.OrdinalIgnoreCase):
                OptionSetter.Set(Crow.Lasan, key, parts[2], value);
                break;
            case ("CROW", 3) when parts[1].Equals("views", StringComparison.OrdinalIgnoreCase):
                var views = Crow.Views with { }; // The rules are shared: a copy is changed.
                OptionSetter.Set(views, key, parts[2], value);
                Crow.Views = views;
                break;
            case ("CROW", 3):
                SetCategory(key, parts[1], parts[2], value);
                break;
            case ("OBSERVING", 2 or 3) when parts[1].Equals("recall", StringComparison.OrdinalIgnoreCase):
                SetRecall(key, parts.Length == 3 ? parts[2] : null, value);
                break;
            case ("OBSERVING", 2):
                OptionSetter.Set(Observing, key, parts[1], value);
                ChangesPasses = true;
                break;
            case ("MATCHING", 2):
                OptionSetter.Set(Matching, key, parts[1], value);
                ChangesPasses = true;
                break;
            case ("ACCEPTABLE", 2) when parts[1].Equals("upto", StringComparison.OrdinalIgnoreCase):
                AcceptableUpTo = Number(key, value, least: 0, most: 5);
                break;
            default:
                throw new UsageException($"--set {key}: there is no such setting. The groups are {Groups}.");
        }
    }

    private void SetCategory(string key, string name, string property, string value)
    {
        var categories = Crow.Categories.ToList();
        var at = categories.FindIndex(category => category.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (at < 0)
        {
            throw new UsageException($"--set {key}: there is no category {name}. There are {string.Join(", ", categories.Select(category => category.Name))}.");
        }

        var changed = categories[at] with { }; // The defaults are shared: a copy is changed.
        OptionSetter.Set(changed, key, property, value);
        categories[at] = changed;
        Crow.Categories = categories;
    }

    private void SetRecall(string key, string? kind, string value)
    {
        var milli = (int)Math.Round(1000 * Number(key, value, least: 0.001, most: 1));
        var recall = Observing.Recall;
        Observing = Observing with
        {
            Recall = kind is null
                ? recall with { DefaultMilli = milli }
                : recall with { ByKindMilli = new Dictionary<string, int>(recall.ByKindMilli, StringComparer.Ordinal) { [kind] = milli } },
        };
        ChangesPasses = true;
    }

    private static double Number(string key, string value, double least, double most) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new UsageException($"--set {key}={value}: write a number between {least} and {most}.");
}
