using System.Text;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;

namespace CleanStreets.Ingest.Tests.Journal;

/// <summary>A journal in a folder of its own, written and read the way the service does.</summary>
internal sealed class JournalBench : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private ulong _salt = 0x1122_3344_5566_7788;

    public JournalOptions Options { get; } = new();

    public string Directory => _folder.Combine("journal");

    public IReadOnlyList<JournalDamage> Damage { get; private set; } = [];

    public Func<string, FileMode, IJournalFile> OpenFile { get; set; } = static (path, mode) => new DiskJournalFile(path, mode);

    public Action<SafeFileHandle, long> LetGo { get; set; } = DiskView.LetGo;

    public string OnlyFile => System.IO.Directory.EnumerateFiles(Directory, "*" + JournalFormat.FileExtension).Single();

    public JournalWriter Open(long notBefore = 0)
    {
        var writer = new JournalOpener(Directory, Options, TimeProvider.System, () => _salt++) { OpenFile = OpenFile, LetGo = LetGo }.Open(notBefore, out var damage);
        Damage = damage;
        return writer;
    }

    public JournalRoom Room(BatchPool pool) => Room(pool.Shut, pool.Open);

    public JournalRoom Room(Action shut, Action open) => new(shut, open, Options, Progress, NullLogger<JournalRoom>.Instance);

    public JournalProgress Progress { get; } = new();

    public void Write(params string[] payloads)
    {
        using var writer = Open();
        foreach (var payload in payloads)
        {
            writer.Append(Record(payload));
        }

        writer.Commit();
    }

    public static JournalRecord Record(string payload) => new()
    {
        Type = JournalRecordType.Readings,
        ReceivedAtMs = 1_700_000_000_000,
        FirstSequence = 1,
        ReadingCount = 1,
        Id = "truck-1"u8,
        Session = "s-1"u8,
        Payload = Encoding.UTF8.GetBytes(payload),
    };

    public List<string> Read() => Read(out _);

    public List<string> Read(out IReadOnlyList<JournalDamage> damage)
    {
        using var reader = new JournalReader(Directory);
        var payloads = new List<string>();
        while (reader.TryReadNext(out var record))
        {
            payloads.Add(Encoding.UTF8.GetString(record.Payload));
        }

        damage = reader.Damage;
        return payloads;
    }

    public void Dispose() => _folder.Dispose();
}
