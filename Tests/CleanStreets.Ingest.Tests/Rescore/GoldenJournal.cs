using System.Globalization;
using System.Text;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Rescore;
using CleanStreets.Ingest.Tests.Snapshot;
using CleanStreets.Scoring.Areas;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Rescore;

/// <summary>A journal of <c>Golden/</c> and the files beside it that say what comes out of it.</summary>
/// <param name="name">Folder in <c>Golden/</c>.</param>
internal sealed class GoldenJournal(string name) : IDisposable
{
    private static readonly string Golden = RepositoryRoot.Combine("Tests", "CleanStreets.Ingest.Tests", "Golden");

    private readonly RecoveryBench _bench = new() { Network = StreetFile.Read(Path.Combine(Golden, "streets.geojson")) };

    public static bool MayWrite => Environment.GetEnvironmentVariable("CLEANSTREETS_WRITE_GOLDEN") == "1";

    public string Folder { get; } = Path.Combine(Golden, name);

    public StreetNetwork Network => _bench.Network;

    public string File => Path.Combine(Folder, JournalSegmentFile.NameOf(0));

    /// <summary>Replays it and scores every street by a method at a moment; null: that of the newest evidence.</summary>
    public RescoreResult Run(string method, long? asOfMs)
    {
        Directory.CreateDirectory(_bench.Paths.Journal);
        System.IO.File.Copy(File, Path.Combine(_bench.Paths.Journal, JournalSegmentFile.NameOf(0)), overwrite: true);
        var choice = ScoringChoice.Of(method, []);
        return new Rescorer(_bench.Paths, _bench.Network, IngestServices.ReadOptions(new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build()))
            .Run(choice, choice, asOfMs, [], _ => { });
    }

    /// <summary>Every score, to the last bit.</summary>
    public static string Scores(RescoreResult result)
    {
        var text = new StringBuilder($"as of {result.AsOfMs}\n");
        foreach (var row in result.Rows.Where(row => row.Before.IsSeen || row.Before.Score is not null))
        {
            text.Append(row.Before.Score is { } score
                ? JsonSerializer.Serialize(score, ContractJson.Default.SegmentScore)
                : string.Create(CultureInfo.InvariantCulture, $"{row.Segment.Id} {row.Before.Number:R} {row.Before.Rank}")).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>What matching and observing make of it, pass by pass, whatever is concluded from it.</summary>
    public string Passes()
    {
        var explained = Run("crow-1", asOfMs: null);
        var method = ScoreMethods.Find("crow-1")!;
        var text = new StringBuilder();
        foreach (var segment in Network.Segments)
        {
            if (explained.BookBefore[segment.Index] is { } evidence)
            {
                foreach (var pass in method.Explain(evidence, Network.Version, explained.AsOfMs, []).Arithmetic!.Passes)
                {
                    var counts = string.Join(' ', pass.Counts.Select(count => $"{count.Key}={count.Value}"));
                    text.Append(CultureInfo.InvariantCulture,
                        $"{segment.Id} {pass.TruckId} {pass.EnteredAt.ToUnixTimeMilliseconds()} {pass.LeftAt.ToUnixTimeMilliseconds()} {pass.Shares[0].SquareMetres:R} {counts}\n");
                }
            }
        }

        return text.ToString();
    }

    /// <summary>The city as one area over the last twelve hours, and without each truck.</summary>
    public string Period(RescoreResult result)
    {
        var indexer = new AreaIndexer(result.Before.Method);
        AreaStreet[] city = [.. Network.Segments.Select(segment => new AreaStreet(segment, InsideShare: 1))];
        var to = DateTimeOffset.FromUnixTimeMilliseconds(result.AsOfMs + 1);
        var area = indexer.Over("city", city, result.BookBefore.Of, to.AddHours(-12), to);
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture,
            $"twelve hours: index {Told(area.Index)}, acceptably clean {Told(area.AcceptablyClean)}, trend {Told(area.Trend)}, coverage {area.Coverage:R}, of the time {area.TimeCoverage:R}, passes {area.Passes}, single source {area.SingleSource.Count}, grid {area.Grid?.IfRestClean.ScoreMicros} {area.Grid?.IfRestClean.Class} to {area.Grid?.IfRestDirty.ScoreMicros} {area.Grid?.IfRestDirty.Class}\n");
        foreach (var effect in indexer.LeaveOneOut(city, result.BookBefore.Of, to.AddHours(-12), to))
        {
            text.Append(CultureInfo.InvariantCulture, $"without {effect.Truck}: {effect.Without:R}\n");
        }

        return text.ToString();
    }

    /// <summary>Compares with a file of the folder, line by line; one that is missing is written when that is allowed.</summary>
    public void Check(string file, string text)
    {
        var path = Path.Combine(Folder, file);
        if (MayWrite && !System.IO.File.Exists(path))
        {
            System.IO.File.WriteAllText(path, text);
        }

        System.IO.File.Exists(path).ShouldBeTrue($"{file} is missing: a new method wants its file, see Golden/README.md");
        var (golden, now) = (System.IO.File.ReadAllText(path).Split('\n'), text.Split('\n'));
        now.Length.ShouldBe(golden.Length);
        for (var i = 0; i < now.Length; i++)
        {
            now[i].ShouldBe(golden[i], $"{file}, line {i + 1}");
        }
    }

    /// <summary>That there is a file for each method that ever was, and one of passes.</summary>
    public void ShouldHaveEveryMethod() => Directory.EnumerateFiles(Folder, "*.txt").Select(Path.GetFileNameWithoutExtension)
        .ShouldBe(IndexMethods.All.Select(method => method.Name).Append("passes"), ignoreOrder: true, "a method that was published stays");

    public void Dispose() => _bench.Dispose();

    private static string Told(Estimate? estimate) =>
        estimate is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.Value:R} ({known.Low:R} to {known.High:R})") : "none";
}
