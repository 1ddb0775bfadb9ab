using System.CommandLine;
using System.Globalization;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Store.Sqlite;
using CleanStreets.Scoring.Observations;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Ingest.Verbs;

/// <summary><c>passes</c>: the passes of a period as a table, for <c>areas</c> and for anybody's own arithmetic. Ingest may run meanwhile.</summary>
internal static class PassesCommand
{
    private const string Header = "segmentId,truckId,enteredAt,leftAt,coverage,exposureSquareMetres,counts,light,cameraId,modelVersion,orderId,repeated";

    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "Ingest's folder, or the data folder that holds it.", Required = true };
        var from = new Option<DateTimeOffset>("--from") { Description = "First moment, for example 2026-11-01T00:00Z.", Required = true };
        var to = new Option<DateTimeOffset>("--to") { Description = "Last moment, itself outside.", Required = true };
        var file = new Option<string>("--out") { Description = "CSV to write.", Required = true };
        var facts = new Option<string?>("--facts") { Description = "CSV to write beside it: verified cleanings, and trucks that were sent because of a work order; for ./cleanstreets areas --facts." };
        var trials = new Option<bool>("--trials") { Description = "Those that a detector on trial saw beside the one in use, instead of those that are evidence." };
        var command = new Command("passes", "Write the passes of a period as CSV.") { data, from, to, file, facts, trials };
        command.SetAction(parsed => Write(
            parsed.GetValue(data)!, parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(file)!, Console.Out, Console.Error, parsed.GetValue(trials), parsed.GetValue(facts)));
        return command;
    }

    /// <summary>0 when the table is written, 1 when the store cannot be read, 2 without a store.</summary>
    internal static int Write(string data, DateTimeOffset from, DateTimeOffset to, string file, TextWriter output, TextWriter error, bool trials = false, string? facts = null)
    {
        var path = new[] { data, Path.Combine(data, "ingest") }.Select(folder => new IngestPaths(folder).Store).FirstOrDefault(File.Exists);
        if (path is null)
        {
            error.WriteLine($"passes: There is no store in {data}: name the folder that was given to --data.");
            return Misuse.ExitCode;
        }

        try
        {
            var passes = 0;
            var history = new SqliteHistory(path);
            var repeated = trials ? [] : Repeated(history, from, to);
            using var table = new StreamWriter(file);
            table.Write(Header + "\n");
            foreach (var (segment, pass) in history.Between(from, to, trials))
            {
                table.Write(Line(segment, pass with { Repeated = repeated.Contains((segment, pass.TruckId, pass.EnteredAt)) }) + "\n");
                passes++;
            }

            table.Flush();
            output.WriteLine($"{passes} passes written to {file}");
            if (facts is not null)
            {
                file = facts; // What a fault would speak of.
                output.WriteLine($"{WriteFacts(history, from, to, facts)} facts written to {facts}");
            }

            return 0;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"passes: {file} cannot be written ({problem.Message.TrimEnd('.')}). Name a file in a folder that exists and that you may write to.");
            return Misuse.ExitCode;
        }
        catch (SqliteException problem)
        {
            error.WriteLine($"passes: {path} cannot be read ({problem.Message.TrimEnd('.')}). Start ingest once: it brings its store up to date or sets it aside.");
            return 1;
        }
    }

    /// <summary>Passes that a later one of the same truck stands for; that one may lie behind the period.</summary>
    private static HashSet<(SegmentId Segment, TruckId Truck, DateTimeOffset EnteredAt)> Repeated(SqliteHistory history, DateTimeOffset from, DateTimeOffset to)
    {
        var (marks, repeated) = (new RepeatMarks(ViewRule.Default), new HashSet<(SegmentId, TruckId, DateTimeOffset)>());
        foreach (var (segment, truck, enteredAt) in history.EntriesNewestFirst(from, to + ViewRule.Default.RepeatWithin))
        {
            if (marks.IsRepeated(segment, truck, enteredAt) && enteredAt < to)
            {
                repeated.Add((segment, truck, enteredAt));
            }
        }

        return repeated;
    }

    /// <summary>With those of half a day before: a truck may have been sent the evening before the period began.</summary>
    private static int WriteFacts(SqliteHistory history, DateTimeOffset from, DateTimeOffset to, string file)
    {
        using var table = new StreamWriter(file);
        table.Write("segmentId,kind,at,side,truckId,orderId\n");
        var count = 0;
        foreach (var fact in history.Facts(from - ViewRule.Default.SentWithin, to))
        {
            var kind = fact.Kind == FactKind.TruckSent ? "truck_sent" : "cleaning_verified";
            var side = fact.Side == Side.Unknown ? string.Empty : fact.Side.ToString().ToLowerInvariant();
            table.Write(string.Join(',', fact.Segment.Value, kind, Time(fact.At), side, fact.Truck?.Value, fact.Order?.Value) + "\n");
            count++;
        }

        return count;
    }

    private static string Line(SegmentId segment, PassSummary pass) => string.Join(',', new[]
    {
        segment.Value,
        pass.TruckId.Value,
        Time(pass.EnteredAt),
        Time(pass.LeftAt),
        pass.Coverage.ToString("0.####", CultureInfo.InvariantCulture),
        pass.ExposureSquareMetres?.ToString("0.##", CultureInfo.InvariantCulture) ?? string.Empty,
        Quote(string.Join(';', pass.Counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{count.Key.Replace(';', '_')}={count.Value}"))),
        pass.Light.ToString().ToLowerInvariant(),
        Quote(pass.CameraId ?? string.Empty),
        Quote(pass.ModelVersion ?? string.Empty),
        pass.OrderId?.Value ?? string.Empty,
        pass.Repeated ? "yes" : "no",
    });

    private static string Time(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    /// <summary>A cell on one line: line breaks that a truck sent become spaces.</summary>
    private static string Quote(string cell) => cell.AsSpan().ContainsAny(",\"\r\n")
        ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal).ReplaceLineEndings(" ")}\""
        : cell;
}
