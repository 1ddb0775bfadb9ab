using System.Threading.Channels;
using CleanStreets.Benchmarks.Load;
using CleanStreets.Benchmarks.Run;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Match;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Publish;
using CleanStreets.Ingest.Score;
using CleanStreets.Ingest.Store;
using CleanStreets.Ingest.Store.Log;
using CleanStreets.Ingest.Store.Sqlite;
using CleanStreets.Mqtt;
using CleanStreets.Scoring.Index;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using RunSettings = CleanStreets.Benchmarks.Run.RunSettings;
using ThreadCpu = CleanStreets.Benchmarks.Run.ThreadCpu;

namespace CleanStreets.Benchmarks.Ingest;

/// <summary>What is behind Match, part by part in this process: evidence, scores in rounds, publishing to nobody, store log and SQLite.</summary>
internal sealed class ScoreRow(TimeProvider time) : Row
{
    private const int Trucks = 50;
    private const int ReadingsEach = 4000;

    /// <summary>Batches of one round: 10,000 readings, what comes in 25 ms when the whole pipeline has a core and a half.</summary>
    private const int BatchesARound = 10;

    public override string Name => "score";

    public override string About => "behind Match, one core, a round every 10,000 readings";

    public override async Task<IReadOnlyList<Line>> MeasureAsync(RunSettings settings)
    {
        var road = await BackRoad.DriveAsync(new Drive(settings.Tools, Trucks, ReadingsEach, ReadingsAMessage: 1), seed: 8);
        var parts = new Parts(road.Readings, About);
        var method = ScoreMethods.Find(ScoreMethods.Default)!;
        var keeper = new ScoreKeeper(road.Network, method, new ScoreBoard(road.Network.Segments.Count));
        for (var round = -1; round < settings.Runs; round++)
        {
            var matcher = road.NewMatcher();
            var matched = road.Batches.Select(matcher.Match).ToList();
            parts.IsWarm = round >= 0;
            var (scores, rows) = Score(parts, keeper, method, matched);
            Publish(parts, scores);
            await StoreAsync(parts, road, scores, rows);
            road.Later(ms: ReadingsEach * 1000L);
            parts.EndRound(matched.Sum(batch => batch.Observations.Count), scores.Sum(round => round.Count));
        }

        return parts.Lines;
    }

    private static (List<List<SegmentScore>> Scores, List<List<PassRow>> Rows) Score(Parts parts, ScoreKeeper keeper, CrowMethod method, List<MatchedBatch> matched)
    {
        var (scores, rows) = (new List<List<SegmentScore>>(), new List<List<PassRow>>());
        foreach (var round in matched.Chunk(BatchesARound))
        {
            parts.Measure("evidence", () => Array.ForEach(round, keeper.Add));
            parts.Measure("rows of passes", () => rows.Add(
                [.. round.SelectMany(batch => batch.Observations).Select(pass => new PassRow(
                    pass.Position, pass.Ordinal, pass.Observation.SegmentId, method.Summarise(pass.Observation, pass.Truck)))]));
            parts.Measure("scores", () => scores.Add(keeper.Rescore()));
        }

        return (scores, rows);
    }

    private static void Publish(Parts parts, List<List<SegmentScore>> rounds)
    {
        var channel = Channel.CreateUnbounded<IReadOnlyList<SegmentScore>>();
        rounds.ForEach(scores => channel.Writer.TryWrite(scores));
        channel.Writer.Complete();
        var nobody = new Nobody();
        var stage = new PublishStage(channel.Reader, new VanishedScores([], string.Empty, nobody, Topics.Default, TimeProvider.System), nobody, Topics.Default);
        parts.Measure("publishing", () => stage.RunAsync().GetAwaiter().GetResult());
    }

    private async Task StoreAsync(Parts parts, BackRoad road, List<List<SegmentScore>> scores, List<List<PassRow>> rows)
    {
        using var folder = new TemporaryFolder();
        using var log = new StoreLog(folder.Combine("log"), road.Network.Version, new StoreLogOptions(), time, () => 1);
        var channel = Channel.CreateUnbounded<StoreBatch>();
        foreach (var (round, (changed, passes)) in scores.Zip(rows).Index())
        {
            channel.Writer.TryWrite(new StoreBatch { ThroughPosition = (round + 1) * BatchesARound * 1000L, Scores = changed, Passes = passes });
        }

        channel.Writer.Complete();
        var stage = new StoreLogStage(channel.Reader, log, new JournalProgress(), () => 0, new StoreLogOptions(), time, NullLogger<StoreLogStage>.Instance);
        parts.Measure("store log", () => stage.RunAsync().GetAwaiter().GetResult());

        await using var store = SqliteStore.Open("sqlite", folder.Combine("segments.db"), road.Network, new SqliteOptions(), time, NullLogger.Instance);
        using var reader = new StoreLogReader(log, store.Cursor);
        while (Read(parts, reader) is { } next)
        {
            parts.Measure("SQLite", () => store.WriteAsync(next, CancellationToken.None).AsTask().GetAwaiter().GetResult());
        }
    }

    private static StoreRows? Read(Parts parts, StoreLogReader reader)
    {
        StoreRows? rows = null;
        parts.Measure("store log read", () => rows = reader.Read(new StoreOptions().WriteRows, out _));
        return rows;
    }

    private sealed class Nobody : IOutlet
    {
        public bool TryPublish(MqttMessage message) => true;

        public bool IsCleared(string topic) => true;

        public ValueTask PublishAsync(MqttMessage message) => ValueTask.CompletedTask;
    }

    /// <summary>CPU time and allocated bytes of each part, by reading.</summary>
    private sealed class Parts(long readings, string about)
    {
        private readonly List<(string Name, Line Cpu, Line Bytes)> _parts = [];
        private readonly Dictionary<string, (double Cpu, long Bytes)> _sums = [];
        private readonly Line _all = new($"{about}: all parts", "CPU-ns a reading") { Limit = 400 };

        public bool IsWarm { get; set; }

        public IReadOnlyList<Line> Lines => [_all, .. _parts.SelectMany(part => new[] { part.Cpu, part.Bytes })];

        public void Measure(string part, Action work)
        {
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            var before = ThreadCpu.Seconds;
            work();
            var (cpu, sum) = _sums.GetValueOrDefault(part);
            _sums[part] = (cpu + ThreadCpu.Seconds - before, sum + GC.GetAllocatedBytesForCurrentThread() - bytes);
        }

        public void EndRound(int passes, int scores)
        {
            if (IsWarm)
            {
                _all.Note = $"{readings} readings, {passes} passes, {scores} scores";
                _all.Ours.Add(_sums.Values.Sum(sum => sum.Cpu) * 1e9 / readings);
                foreach (var (name, (cpu, bytes)) in _sums)
                {
                    LinesOf(name).Cpu.Ours.Add(cpu * 1e9 / readings);
                    LinesOf(name).Bytes.Ours.Add(bytes / (double)readings);
                }
            }

            _sums.Clear();
        }

        private (string Name, Line Cpu, Line Bytes) LinesOf(string name)
        {
            if (_parts.Find(part => part.Name == name) is { Cpu: not null } known)
            {
                return known;
            }

            _parts.Add((name, new Line($"{about}: {name}", "CPU-ns a reading"), new Line($"{about}: {name}, allocated", "bytes a reading")));
            return _parts[^1];
        }
    }
}
