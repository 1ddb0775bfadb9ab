using CleanStreets.Ingest.Match;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Score;
using CleanStreets.Ingest.Store.Log;
using CleanStreets.Ingest.Tests.Snapshot;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.Observations;

namespace CleanStreets.Ingest.Tests.Score;

/// <summary>Which score points a replay gives depends on the journal alone.</summary>
public sealed class ReplayPointsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void However_often_a_replay_is_killed_and_whenever_its_rounds_are_the_points_are_the_same(int seed)
    {
        using var bench = new RecoveryBench();
        bench.Write(seed, messages: 500, startMs: 1_764_000_000_000);
        var whole = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Replay(bench, whole, loggedThrough: 0, kill: long.MaxValue, new Random(0), roundEvery: int.MaxValue).ShouldBe(bench.Ends[^1]);
        whole.Count.ShouldBeGreaterThan(30);

        var random = new Random(seed);
        for (var run = 0; run < 5; run++)
        {
            var killed = new SortedDictionary<string, string>(StringComparer.Ordinal);
            var logged = 0L;
            while (logged < bench.Ends[^1])
            {
                logged = Replay(bench, killed, logged, kill: logged + random.NextInt64(bench.Ends[^1] / 3), random, roundEvery: random.Next(1, 8));
            }

            killed.ShouldBe(whole, $"seed {seed}, run {run}");
        }
    }

    [Fact]
    public void What_the_log_has_is_not_given_again()
    {
        using var bench = new RecoveryBench();
        bench.Write(seed: 4, messages: 200, startMs: 1_764_000_000_000);
        var points = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Replay(bench, points, loggedThrough: bench.Ends[^1], kill: long.MaxValue, new Random(0), roundEvery: 3);
        points.ShouldBeEmpty();
    }

    /// <summary>Replays from the beginning, as a start without a snapshot does, and answers how far the log had come when it was killed.</summary>
    private static long Replay(RecoveryBench bench, SortedDictionary<string, string> stored, long loggedThrough, long kill, Random random, int roundEvery)
    {
        var method = new CrowMethod(new CrowOptions());
        var (at, end) = (-1, bench.Ends[^1]);
        var keeper = new ScoreKeeper(bench.Network, method, new ScoreBoard(bench.Network.Segments.Count));
        var state = bench.Recovery().RecoverState(
            bench.Network.Version, long.MaxValue, () => new TraceMatcher(bench.Network, new MatchingOptions(), new ObservationOptions(), bench.Options.Match), () => keeper);
        using var replay = state.Replay;
        var (points, filter, logged) = (new ReplayPoints(keeper, loggedThrough), new PointFilter(), loggedThrough);
        var batch = new IngestBatch(bench.Options.Pipeline.BatchBytes, bench.Options.Pipeline.BatchMessages);
        for (var i = 1; ; i++)
        {
            // Where one batch ends and the next begins is chance, too.
            batch.Clear();
            at = Math.Min(bench.Ends.Count - 1, at + random.Next(1, 40));
            replay.Fill(batch, bench.Ends[at]);
            points.Add(state.Matcher.Match(batch));
            if (batch.ThroughPosition >= kill && batch.ThroughPosition < end)
            {
                return logged;
            }

            if (i % roundEvery == 0 || batch.ThroughPosition >= end)
            {
                var (news, known) = points.Take();
                known.ForEach(filter.Know);
                foreach (var score in news)
                {
                    if (filter.IsNews(score, out var row))
                    {
                        stored[$"{row.Segment} {row.Point.AsOf:O}"] = row.Point.ToString();
                    }
                }

                logged = Math.Max(logged, batch.ThroughPosition);
            }

            if (batch.ThroughPosition >= end)
            {
                return end;
            }
        }
    }
}
