using System.Diagnostics.Metrics;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Edge.Simulate;
using CleanStreets.Edge.Simulate.Stories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Support;

/// <summary>A simulated fleet that tells stories, in this process, and the facts at its end.</summary>
internal static class StoryRun
{
    /// <summary>When every story of the tests begins: by day where the generated city lies.</summary>
    public static readonly DateTimeOffset Begin = new(TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddHours(-7), TimeSpan.Zero);

    private static int _sessions;

    /// <summary>A story of a length, out of events.</summary>
    public static StoryScript Story(string lasts, params StoryEvent[] events) =>
        new() { Name = "test", About = "A story.", Lasts = TimeSpan.Parse(lasts, System.Globalization.CultureInfo.InvariantCulture), Events = events };

    /// <summary>Runs it to its end.</summary>
    public static async Task<StoryFacts> TellAsync(
        string data, int port, StoryScript? story, int trucks = 2, double speed = 2000, int seed = 1, string? lasts = null, IReadOnlySet<int>? only = null, long backlogBytes = 0)
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        await using var output = new StringWriter();
        var options = new SimulateOptions
        {
            Host = "127.0.0.1",
            Port = port,
            Data = data,
            Trucks = trucks,
            Speed = speed,
            Seed = seed,
            From = Begin,
            Stories = story is null ? [] : [story],
            Lasts = story?.Lasts ?? TimeSpan.Parse(lasts!, System.Globalization.CultureInfo.InvariantCulture),
            Only = only,
            BacklogBytesASecond = backlogBytes,
            Json = true,
        };
        var run = new SimulateRun(
            options,
            _ => SessionId.Parse($"s-{Interlocked.Increment(ref _sessions)}"),
            services.GetRequiredService<IMeterFactory>(),
            TimeProvider.System,
            NullLoggerFactory.Instance,
            output);
        (await run.RunAsync(TestContext.Current.CancellationToken)).ShouldBe(0);
        var text = output.ToString();
        return JsonSerializer.Deserialize(text[text.IndexOf('{', StringComparison.Ordinal)..], StoryFactsJson.Default.StoryFacts)!;
    }

    /// <summary>Fails unless the journal holds exactly what the facts say is stored, each reading once.</summary>
    public static void ShouldBeStored(this StoryFacts facts, Dictionary<(string Truck, string Session), long> journal)
    {
        facts.InSpool.ShouldBe(0, facts.ToJson());
        facts.Trucks.SelectMany(truck => truck.Sessions.Where(session => session.Stored > 0).Select(session => (truck.Truck, session.Session, session.Stored)))
            .ShouldBe(journal.Select(session => (session.Key.Truck, session.Key.Session, session.Value)), ignoreOrder: true);
    }
}

/// <summary>A pass as the verb <c>passes</c> writes it.</summary>
internal sealed record StoredPass(string Segment, string Truck, DateTimeOffset EnteredAt, DateTimeOffset LeftAt, double SquareMetresSeen)
{
    /// <summary>Reads the passes of an ingest that has stopped.</summary>
    public static async Task<IReadOnlyList<StoredPass>> ReadAsync(string data, string file)
    {
        await using var passes = Testing.ProductProgram.Start(
            "Ingest/CleanStreets.Ingest", "passes", "--data", data, "--from", "1970-01-01T00:00Z", "--to", "2100-01-01T00:00Z", "--out", file);
        (await passes.ExitAsync(Testing.Eventually.Patience)).ShouldBe(0, passes.Output);
        var invariant = System.Globalization.CultureInfo.InvariantCulture;
        return [.. (await File.ReadAllLinesAsync(file)).Skip(1).Select(line => line.Split(',')).Select(cells => new StoredPass(
            cells[0], cells[1], DateTimeOffset.Parse(cells[2], invariant), DateTimeOffset.Parse(cells[3], invariant), double.Parse(cells[5], invariant)))];
    }
}
