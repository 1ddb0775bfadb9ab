using System.Text;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Rescore;
using CleanStreets.Ingest.Tests.Snapshot;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Rescore;

/// <summary>A software upgrade changes no score: a journal of the simulated fleet gives, by every method that ever was, what it gave, to the last bit.</summary>
/// <remarks>
/// A change that alters one of these files is a new version of the method. <c>CLEANSTREETS_WRITE_GOLDEN=1</c> writes the files of methods that have none yet,
/// and never one that is there (<c>Golden/README.md</c>).
/// </remarks>
public sealed class GoldenCityTests : IDisposable
{
    private static readonly string Golden = RepositoryRoot.Combine("Tests", "CleanStreets.Ingest.Tests", "Golden");

    private readonly RecoveryBench _bench = new() { Network = StreetFile.Read(Path.Combine(Golden, "streets.geojson")) };

    public static TheoryData<string> Methods => [.. IndexMethods.All.Select(method => method.Name)];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Upgrade_changes_no_score(string method)
    {
        var newest = Run(method, asOfMs: null);
        var middle = Run(method, newest.AsOfMs - 600_000); // A moment in the past.

        Check($"{method}.txt", Text(newest) + Text(middle));
    }

    [Fact]
    public void Upgrade_changes_no_pass() => Check("passes.txt", Passes());

    [Fact]
    public void Journal_holds_what_makes_scores_differ()
    {
        var run = Run("crow-2", asOfMs: null);
        run.Span.Damage.ShouldBeEmpty();
        run.Span.Unreadable.ShouldBe(0);
        run.BookBefore.Facts.ShouldBe(14);
        var scores = run.Rows.Where(row => row.Before.IsSeen).Select(row => row.Before.Score!).ToList();
        scores.Count.ShouldBeGreaterThan(60);
        scores.Select(score => score.Grade).Distinct().Count().ShouldBe(5);
        scores.ShouldContain(score => score.Index >= 4.5, "a confirmed dumping");
        scores.ShouldContain(score => score.Sides!.Left != null && score.Sides.Right != null && score.Sides.Left.Grade != score.Sides.Right.Grade);
        run.Rows.ShouldContain(row => !row.Before.IsSeen, "not seen");
    }

    [Fact]
    public void Every_file_belongs_to_a_method() => Directory.EnumerateFiles(Path.Combine(Golden, "City"), "*.txt").Select(Path.GetFileNameWithoutExtension)
        .ShouldBe(IndexMethods.All.Select(method => method.Name).Append("passes"), ignoreOrder: true, "a method that was published stays");

    public void Dispose() => _bench.Dispose();

    private RescoreResult Run(string method, long? asOfMs)
    {
        var journal = Path.Combine(_bench.Paths.Journal, JournalSegmentFile.NameOf(0));
        Directory.CreateDirectory(_bench.Paths.Journal);
        File.Copy(Path.Combine(Golden, "City", JournalSegmentFile.NameOf(0)), journal, overwrite: true);
        var choice = ScoringChoice.Of(method, []);
        return new Rescorer(_bench.Paths, _bench.Network, IngestServices.ReadOptions(new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build()))
            .Run(choice, choice, asOfMs, [], _ => { });
    }

    private static string Text(RescoreResult result)
    {
        var text = new StringBuilder($"as of {result.AsOfMs}\n");
        foreach (var row in result.Rows.Where(row => row.Before.IsSeen || row.Before.Score is not null))
        {
            text.Append(row.Before.Score is { } score
                ? JsonSerializer.Serialize(score, ContractJson.Default.SegmentScore)
                : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{row.Segment.Id} {row.Before.Number:R} {row.Before.Rank}")).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>What matching and observing make of the journal, pass by pass, whatever is concluded from it.</summary>
    private string Passes()
    {
        var explained = Run("crow-1", asOfMs: null);
        var method = ScoreMethods.Find("crow-1")!;
        var text = new StringBuilder();
        foreach (var segment in _bench.Network.Segments)
        {
            if (explained.BookBefore[segment.Index] is { } evidence)
            {
                foreach (var pass in method.Explain(evidence, _bench.Network.Version, explained.AsOfMs, []).Arithmetic!.Passes)
                {
                    var counts = string.Join(' ', pass.Counts.Select(count => $"{count.Key}={count.Value}"));
                    text.Append(System.Globalization.CultureInfo.InvariantCulture,
                        $"{segment.Id} {pass.TruckId} {pass.EnteredAt.ToUnixTimeMilliseconds()} {pass.LeftAt.ToUnixTimeMilliseconds()} {pass.Shares[0].SquareMetres:R} {counts}\n");
                }
            }
        }

        return text.ToString();
    }

    private static void Check(string name, string text)
    {
        var path = Path.Combine(Golden, "City", name);
        if (Environment.GetEnvironmentVariable("CLEANSTREETS_WRITE_GOLDEN") == "1" && !File.Exists(path))
        {
            File.WriteAllText(path, text);
        }

        File.Exists(path).ShouldBeTrue($"{name} is missing: a new method wants its file, see Golden/README.md");
        var (golden, now) = (File.ReadAllText(path).Split('\n'), text.Split('\n'));
        now.Length.ShouldBe(golden.Length);
        for (var i = 0; i < now.Length; i++)
        {
            now[i].ShouldBe(golden[i], $"{name}, line {i + 1}");
        }
    }
}
