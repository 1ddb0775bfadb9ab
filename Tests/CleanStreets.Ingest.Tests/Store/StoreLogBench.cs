using CleanStreets.Ingest.Store;
using CleanStreets.Ingest.Store.Log;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Store;

/// <summary>A store log in a folder of its own.</summary>
internal sealed class StoreLogBench : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private ulong _salt = 1;

    public StoreLogBench(long fileBytes = 64 * 1024, long capBytes = 1 << 30)
    {
        Options = new StoreLogOptions { FileBytes = fileBytes, CapBytes = capBytes };
        Log = Open();
    }

    public StoreLogOptions Options { get; }

    public StoreLog Log { get; private set; }

    public string Marks => _folder.Combine("stores");

    public IReadOnlyList<string> Files => StoreLogFiles.List(Log.Folder).ConvertAll(file => file.Path);

    /// <summary>One pass for each position, each in a record of its own, then one sync.</summary>
    public void Write(int from, int through)
    {
        for (var position = from; position < through; position++)
        {
            Log.Append(position + 1, 1000 + position, [TestRows.Pass(position)], []);
        }

        Log.Sync();
    }

    public StoreLogReader Read(long cursor) => new(Log, cursor);

    /// <summary>Positions of all passes that a store with this cursor would be given now.</summary>
    public List<long> Positions(long cursor, out StoreGap? missing)
    {
        using var reader = Read(cursor);
        missing = null;
        var positions = new List<long>();
        while (reader.Read(mostRows: 100, out var gap) is { } rows)
        {
            missing ??= gap;
            positions.AddRange(rows.Passes.Select(pass => pass.Position));
        }

        return positions;
    }

    public void Reopen(string network = "v1")
    {
        Log.Dispose();
        Log = Open(network);
    }

    public void Dispose()
    {
        Log.Dispose();
        _folder.Dispose();
    }

    private StoreLog Open(string network = "v1") => new(_folder.Combine("store-log"), network, Options, TimeProvider.System, () => _salt++);
}
