using System.CommandLine;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Simulate.Stories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Simulate;

/// <summary><c>edge simulate</c>: a fleet of simulated trucks, or of recorded ones, each with a real spool and a real connection.</summary>
internal static class SimulateCommand
{
    private static readonly Option<string> Mqtt = new("--mqtt") { Description = "Where MQTT is spoken, HOST:PORT.", DefaultValueFactory = _ => "127.0.0.1:1883" };
    private static readonly Option<string> Data = new("--data") { Description = "Folder of this program's data.", DefaultValueFactory = _ => "data/edge" };
    private static readonly Option<string> Streets = new("--streets") { Description = "GeoJSON file, or generated:SEED.", DefaultValueFactory = _ => "generated:1" };
    private static readonly Option<int?> Trucks = new("--trucks") { Description = "Trucks, 1 to 200. Default: 12; replay: 200 at once." };
    private static readonly Option<string> Speed = new("--speed") { Description = "Simulated seconds in a second; replay also 'max'.", DefaultValueFactory = _ => "30" };
    private static readonly Option<int> Seed = new("--seed") { Description = "Seed of dirt and drivers.", DefaultValueFactory = _ => 1 };
    private static readonly Option<int?> Back = new("--back") { Description = "Minutes before now at which simulated time begins. Default: 30; with stories: as long as they take." };
    private static readonly Option<string> Format = new("--format") { Description = "Wire form of batches: protobuf or json.", DefaultValueFactory = _ => "protobuf" };
    private static readonly Option<bool> DirtyStreet = new("--dirty-street") { Description = "One street is very dirty from the beginning.", DefaultValueFactory = _ => true };
    private static readonly Option<string[]> Story = new("--story") { Description = $"Tell a story, by its name ({string.Join(", ", StoryBook.Names)}) or from a file; several are told together: --story dead-zone power-cuts.", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<bool> Stories = new("--stories") { Description = "List the stories that come with the program, a sentence each, and end." };
    private static readonly Option<DateTimeOffset?> From = new("--from") { Description = "Moment at which simulated time begins, for example 2026-11-20T08:00:00Z. With a seed, the whole run is the same again." };
    private static readonly Option<int?> Minutes = new("--minutes") { Description = "Simulated minutes after which the trucks stop, everything is sent and the facts are told. Default: as long as the stories take; without one, never." };
    private static readonly Option<string?> Only = new("--only") { Description = "Trucks of the fleet that this process has, for example 1-6, when others have the rest." };
    private static readonly Option<long> BacklogBytes = new("--backlog-bytes") { Description = "Most bytes of backlog that a truck sends in a second; 0: no cap." };
    private static readonly Option<bool> Json = new("--json") { Description = "Tell the facts at the end as JSON." };
    private static readonly Option<string?> Replay = new("--replay") { Description = "CSV of recorded GPS traces to drive instead; a simulated camera looks at --streets from their places." };
    private static readonly Option<bool> KeepTimes = new("--keep-times") { Description = "Replay: keep the recorded times of capture." };
    private static readonly Option<bool> NoCamera = new("--no-camera") { Description = "Replay: send positions only, so that no street is claimed to be seen." };
    private static readonly Option<string?> ReadApi = new("--read-api") { Description = "Accepted and not used.", Hidden = true };

    public static Command Create(TimeProvider time)
    {
        var command = new Command("simulate", "Drive simulated or recorded trucks on real streets, through the real spool and connection.")
        {
            Mqtt, Data, Streets, Trucks, Speed, Seed, Story, Stories, From, Back, Minutes, Only, BacklogBytes, Json, Format, DirtyStreet, Replay, KeepTimes, NoCamera, ReadApi,
        };
        command.SetAction(CommandLine.Stoppable((parsed, stop) => parsed.GetValue(Stories) ? ListAsync() : RunAsync(OptionsOf(parsed, time), time, stop)));
        return command;
    }

    private static async Task<int> ListAsync()
    {
        foreach (var line in StoryBook.Lines())
        {
            await Console.Out.WriteLineAsync(line);
        }

        return 0;
    }

    private static async Task<int> RunAsync(SimulateOptions options, TimeProvider time, CancellationToken stop)
    {
        using var loggers = LoggerFactory.Create(builder => builder
            .AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss "))
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .SetMinimumLevel(LogLevel.Information)
            .AddFilter("CleanStreets.Mqtt", LogLevel.Error)); // Links of a fleet come and go together: FleetLinks says it once.
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var run = new SimulateRun(
            options,
            _ => SessionId.Parse(RandomNumberGenerator.GetHexString(16, lowercase: true)),
            services.GetRequiredService<IMeterFactory>(),
            time,
            loggers,
            Console.Out);
        return await run.RunAsync(stop);
    }

    private static SimulateOptions OptionsOf(ParseResult parsed, TimeProvider time)
    {
        var (host, port) = EndpointOf(parsed.GetRequiredValue(Mqtt));
        var replay = parsed.GetValue(Replay);
        var trucks = parsed.GetValue(Trucks) ?? (replay is null ? 12 : SimulateOptions.MaxTrucks);
        var stories = (parsed.GetValue(Story) ?? []).Select(StoryBook.Open).ToList();
        Refuse(stories.Count > 0 && replay is not null, "--story: stories happen to the simulated fleet; leave out --replay.");
        TimeSpan? lasts = parsed.GetValue(Minutes) is { } minutes ? TimeSpan.FromMinutes(minutes) : stories.Count > 0 ? stories.Max(story => story.Lasts) : null;
        Refuse(lasts <= TimeSpan.Zero || lasts > TimeSpan.FromDays(7), "--minutes: name 1 to 10080 minutes.");
        var from = parsed.GetValue(From);
        Refuse(from > time.GetUtcNow(), $"--from {from:u} lies ahead: simulated time begins in the past.");
        var back = parsed.GetValue(Back) ?? (stories.Count > 0 ? (int)Math.Ceiling(lasts!.Value.TotalMinutes) : 30);
        return new SimulateOptions
        {
            Host = host,
            Port = port,
            Data = parsed.GetRequiredValue(Data),
            Streets = parsed.GetRequiredValue(Streets),
            Trucks = trucks is >= 1 and <= SimulateOptions.MaxTrucks
                ? trucks
                : throw new SimulateException($"--trucks {trucks}: a fleet has 1 to {SimulateOptions.MaxTrucks} trucks."),
            Speed = SpeedOf(parsed.GetRequiredValue(Speed), replay is not null),
            Seed = parsed.GetValue(Seed),
            Back = back is >= 0 and <= 7 * 24 * 60 ? TimeSpan.FromMinutes(back) : throw new SimulateException($"--back {back}: name 0 to 10080 minutes."),
            Format = parsed.GetRequiredValue(Format) switch
            {
                "json" => ReadingFormat.Json,
                "protobuf" => ReadingFormat.Protobuf,
                var other => throw new SimulateException($"--format {other}: choose protobuf or json."),
            },
            DirtyStreet = parsed.GetValue(DirtyStreet),
            Stories = stories,
            From = from,
            Lasts = lasts,
            Only = OnlyOf(parsed.GetValue(Only), trucks),
            BacklogBytesASecond = parsed.GetValue(BacklogBytes) is >= 0 and var bytes ? bytes : throw new SimulateException("--backlog-bytes: name 0 or more."),
            Json = parsed.GetValue(Json),
            Replay = replay,
            KeepTimes = parsed.GetValue(KeepTimes),
            Camera = CameraOf(parsed.GetValue(NoCamera), replay is not null),
        };
    }

    private static void Refuse(bool isWrong, string sentence)
    {
        if (isWrong)
        {
            throw new SimulateException(sentence);
        }
    }

    private static HashSet<int>? OnlyOf(string? text, int trucks) =>
        text is null ? null
        : TruckChoice.Numbers(text) is { } numbers && numbers.TrueForAll(number => number <= trucks) ? numbers.Select(number => number - 1).ToHashSet()
        : throw new SimulateException($"--only {text}: name trucks of the fleet by number, for example 1-{trucks}.");

    private static (string Host, int Port) EndpointOf(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && (text[0] == '[' ? text[colon - 1] == ']' : text.IndexOf(':') == colon) && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= IPEndPoint.MaxPort
            ? (text[..colon].Trim('[', ']'), port)
            : throw new SimulateException($"--mqtt {text}: write HOST:PORT, for example 127.0.0.1:1883 or [::1]:1883.");
    }

    private static bool CameraOf(bool none, bool replay) =>
        !none || replay ? !none : throw new SimulateException("--no-camera: only recorded trucks can do without; name their traces with --replay.");

    private static double SpeedOf(string text, bool replay) =>
        replay && text is ("max" or "0") ? 0
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var speed) && speed is > 0 and <= 10_000 ? speed
        : throw new SimulateException($"--speed {text}: name a number above 0{(replay ? ", or max" : "")}.");
}
