using System.CommandLine;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Snapshot;

namespace CleanStreets.Ingest.Verbs;

/// <summary><c>journal check</c>: what a journal holds, by truck, session and fate, and what of it cannot be read.</summary>
internal static class JournalCheckCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "Ingest's folder, or the data folder that holds it.", Required = true };
        var check = new Command("check", "Print the sequence ranges of every truck and session by fate, and report damage and the sequences it took. Changes nothing.") { data };
        check.SetAction(parsed => Check(parsed.GetValue(data)!, Console.Out, Console.Error));
        return new Command("journal", "Look into ingest's journal.") { check };
    }

    /// <summary>0 when everything can be read, 1 when something cannot or a start has set a whole file aside, 2 without a journal.</summary>
    internal static int Check(string data, TextWriter output, TextWriter error)
    {
        var directory = new[] { Path.Combine(data, "journal"), Path.Combine(data, "ingest", "journal"), data }
            .FirstOrDefault(path => Directory.Exists(path) && Directory.EnumerateFiles(path, "*" + JournalFormat.FileExtension).Any());
        if (directory is null)
        {
            error.WriteLine($"journal: There is no journal in {data}: name the folder that was given to --data.");
            return 2;
        }

        using var reader = new JournalReader(directory);
        var census = new JournalCensus();
        while (reader.TryReadNext(out var record))
        {
            census.Count(in record);
        }

        census.Print(output);
        var setAside = JournalOpener.FilesSetAside(directory).ToList();
        output.WriteLine($"{census.Records} records, {reader.TotalBytes} bytes, {census.Accepted} readings accepted, {census.Quarantined} quarantined, damaged places: {reader.Damage.Count + setAside.Count}");
        foreach (var damage in reader.Damage.Concat(setAside))
        {
            output.WriteLine($"damage: {damage}");
        }

        foreach (var loss in Losses(directory, reader))
        {
            output.WriteLine(loss);
        }

        return reader.Damage.Count + setAside.Count == 0 ? 0 : 1;
    }

    /// <summary>A second look, once the damage is known: what of it can be told by sequence, damaged ends that starts have cut included.</summary>
    private static List<JournalLoss> Losses(string directory, JournalReader first)
    {
        var places = first.Damage.Where(place => place.Kind != JournalDamageKind.Head).Concat(JournalOpener.CutEnds(directory)).Concat(JournalOpener.FilesSetAside(directory)).ToList();
        if (places.Count == 0)
        {
            return [];
        }

        var losses = new JournalLosses(places, isWhole: first.Begin == 0);
        using var reader = new JournalReader(directory);
        while (reader.TryReadNext(out var record))
        {
            losses.Count(in record);
        }

        foreach (var session in SnapshotFolder.ReadAdmission(Path.Combine(directory, "..", "snapshots")))
        {
            losses.Knew(session);
        }

        return [.. losses.Find()];
    }
}
