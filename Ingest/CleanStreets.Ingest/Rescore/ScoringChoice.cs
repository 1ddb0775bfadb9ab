using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Scoring.Areas;
using CleanStreets.Scoring.Index;

namespace CleanStreets.Ingest.Rescore;

/// <summary>What one side of the comparison says of a street.</summary>
/// <param name="Number">The method's number; null when the street was not seen.</param>
/// <param name="Low">Lower end of its interval, where the method has one.</param>
/// <param name="High">Upper end.</param>
/// <param name="Rank">Place of its class, 0 the cleanest; null when not seen or when the method has no classes.</param>
/// <param name="Score">The whole score, when the method is the map's.</param>
internal readonly record struct StreetScore(double? Number, double? Low, double? High, int? Rank, SegmentScore? Score)
{
    public bool IsSeen => Number is not null;

    /// <summary>The same to the last bit, whatever the method is called.</summary>
    public bool IsSameAs(in StreetScore other) =>
        Nullable.Equals(Number, other.Number) && (Score is null || other.Score is null || Written(Score) == Written(other.Score));

    /// <summary>The score as it is published, without the method's name.</summary>
    public static string Written(SegmentScore score) => JsonSerializer.Serialize(score with { Method = string.Empty }, ContractJson.Default.SegmentScore);
}

/// <summary>One side of the comparison: a method with its settings.</summary>
internal sealed class ScoringChoice
{
    private readonly CrowMethod? _crow;
    private readonly StreetJudge _judge;

    /// <param name="method">The index.</param>
    /// <param name="settings">Its settings, and those of the passes it is given.</param>
    public ScoringChoice(IIndexMethod method, RescoreSettings settings)
    {
        (Method, Settings) = (method, settings);
        var crow = new CrowMethod(settings.Crow);
        _crow = method is CrowIndexMethod ? crow : null; // The map's own arithmetic, not its twin for areas.
        _judge = new StreetJudge(method, settings.Crow);
        HorizonMs = crow.HorizonMs;
        Name = method is CrowIndexMethod ? settings.Crow.Name : settings.Told.Length == 0 ? method.Name : $"{method.Name} ({settings.Told})";
    }

    public IIndexMethod Method { get; }

    public RescoreSettings Settings { get; }

    /// <summary>Method, version and what of it was set otherwise.</summary>
    public string Name { get; }

    /// <summary>Evidence older than this weighs nothing, milliseconds.</summary>
    public long HorizonMs { get; }

    public IndexGrades? Grades => Method.Grades;

    /// <summary>What ingest scores with.</summary>
    public static ScoringChoice Live(string method = ScoreMethods.Default) => Of(method, []);

    /// <summary>A method with what <c>--set</c> says.</summary>
    /// <exception cref="UsageException">There is no such method, or no such setting.</exception>
    public static ScoringChoice Of(string method, IEnumerable<string> pairs)
    {
        var found = IndexMethods.Find(method)
            ?? throw new UsageException($"--method {method}: there is no such method. There are {string.Join(", ", IndexMethods.All.Select(known => known.Name))}.");
        var settings = RescoreSettings.Parse(pairs, found.Beliefs.Copy());
        return new ScoringChoice(
            found switch
            {
                LasanMethod => new LasanMethod(LasanGridMethod.All.First(grid => grid.Name == found.Name), settings.Crow.Lasan),
                AcceptablyCleanMethod known when settings.AcceptableUpTo is { } upTo => known with { AcceptableUpTo = upTo },
                _ => found,
            },
            settings);
    }

    public StreetScore Score(SegmentEvidence evidence, string networkVersion, long asOfMs)
    {
        if (_crow is null)
        {
            var value = _judge.Judge(evidence, asOfMs)?.Value;
            return new StreetScore(value, null, null, RankOf(value), null);
        }

        var score = _crow.Score(evidence, networkVersion, asOfMs);
        return new StreetScore(score.Index, score.Low, score.High, (int?)score.Grade, score);
    }

    public AreaIndexer Areas() => new(Method, new AreaOptions { Categories = Settings.Crow });

    private int? RankOf(double? value) => value is { } number ? Grades?.RankOf(number) : null;
}
