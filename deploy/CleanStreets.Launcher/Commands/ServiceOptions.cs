using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using CleanStreets.Scoring.Index;

namespace CleanStreets.Launcher.Commands;

/// <summary>Options that <c>demo</c> and <c>up</c> share.</summary>
internal sealed class ServiceOptions
{
    public Option<string?> Mqtt { get; } = new("--mqtt") { Description = "Where trucks connect, HOST:PORT. Default: 127.0.0.1:1883, or the next free port." };

    public Option<string?> Http { get; } = new("--http") { Description = "Where browsers connect, HOST:PORT. Default: 127.0.0.1:8080, or the next free port." };

    public Option<string> Data { get; } = new("--data") { Description = "Folder that keeps everything.", DefaultValueFactory = _ => "data" };

    public Option<string> Streets { get; } = new("--streets")
    {
        Description = "Street network: a GeoJSON file, or generated:SEED for an invented city.",
        DefaultValueFactory = _ => "generated:1",
    };

    public Option<string[]> Stores { get; } = new("--store")
    {
        Description = "Where passes and scores are stored: sqlite (default), influx=URL or victoria=URL; may be given several times.",
        DefaultValueFactory = _ => [],
    };

    public Option<string?> Method { get; } = new("--method") { Description = $"How streets are scored. Default: as they were; a new city by {ScoreMethods.Default}." };

    public Option<string?> Areas { get; } = new("--areas") { Description = "GeoJSON layer of districts for scorecards. Default: generated districts for a generated city, else none." };

    public Option<int> Capacity { get; } = new("--capacity") { Description = "Work orders all crews together can do in a day.", DefaultValueFactory = _ => 12 };

    public Option<bool> InsecureBeyondLoopback { get; } = new("--insecure-beyond-loopback")
    {
        Description = "Serve other machines although MQTT is anonymous, in clear text or without access rules, and the demo's log-ins are well known.",
    };

    public void AddTo(Command command)
    {
        command.Add(InsecureBeyondLoopback);
        Capacity.Validators.Add(AtLeast(0, 10_000));
        command.Add(Mqtt);
        command.Add(Http);
        command.Add(Data);
        command.Add(Streets);
        command.Add(Stores);
        Method.AcceptOnlyFromAmong([.. ScoreMethods.Names]);
        command.Add(Method);
        command.Add(Areas);
        command.Add(Capacity);
    }

    public static Action<OptionResult> AtLeast(int least, int most) => result =>
    {
        // What is no number at all is refused by the parser, in its own words.
        if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var value) && (value < least || value > most))
        {
            result.AddError($"{result.Option.Name} {value}: must lie between {least} and {most}.");
        }
    };

    /// <summary>Refuses a layer of areas that is not there before anything is started.</summary>
    public static string? DemandAreas(string? areas) => areas is null or "generated" ? areas
        : File.Exists(areas) ? Path.GetFullPath(areas)
        : throw new WrongUseException($"--areas {areas}: there is no such file. Name a GeoJSON file of districts, or leave the option out.");

    /// <summary>Refuses a streets file that is not there before anything is started.</summary>
    public static string DemandStreets(string streets)
    {
        if (streets.StartsWith("generated:", StringComparison.Ordinal))
        {
            return int.TryParse(streets["generated:".Length..], CultureInfo.InvariantCulture, out _)
                ? streets
                : throw new WrongUseException($"--streets {streets}: the seed is not a whole number. Write generated:1.");
        }

        return File.Exists(streets)
            ? Path.GetFullPath(streets)
            : throw new WrongUseException($"--streets {streets}: there is no such file. Name a GeoJSON file of street segments, or leave the option out for a generated city.");
    }
}
