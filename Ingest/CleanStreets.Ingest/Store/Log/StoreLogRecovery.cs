using CleanStreets.Ingest.Journal;

namespace CleanStreets.Ingest.Store.Log;

/// <summary>Finds out at start how far a store log had come.</summary>
internal static class StoreLogRecovery
{
    /// <summary>The network that the newest record speaks of, null without one, and the journal position it covers.</summary>
    public static (string? Network, long Through) FindEnd(string directory)
    {
        DiskView.OfNewest(directory, DiskView.LetGo);
        var files = JournalSegmentFile.List(directory, []);
        for (var i = files.Count - 1; i >= 0; i--)
        {
            string? network = null;
            var through = 0L;
            StoreLogFiles.Scan(files[i], (in record) =>
            {
                (network, through) = (record.IdText, record.FirstSequence);
                return true;
            });
            if (network is not null)
            {
                return (network, through);
            }
        }

        return (null, 0);
    }
}
