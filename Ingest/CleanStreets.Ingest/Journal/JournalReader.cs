using Microsoft.Win32.SafeHandles;

namespace CleanStreets.Ingest.Journal;

/// <summary>Reads every record of a journal in order, from the oldest file to the newest. Changes nothing.</summary>
internal sealed class JournalReader : IDisposable
{
    private readonly List<JournalSegmentFile> _files;
    private SafeFileHandle? _handle;
    private SegmentScanner? _scanner;
    private int _nextFile;

    public JournalReader(string directory) => _files = JournalSegmentFile.List(directory, Damage);

    /// <summary>What could not be read so far.</summary>
    public List<JournalDamage> Damage { get; } = [];

    public long TotalBytes => _files.Sum(file => file.Length);

    /// <summary>Position behind the last byte of the journal.</summary>
    public long End => _files.Count == 0 ? 0 : _files[^1].End;

    /// <summary>Reads on. The record's spans are void after the next call.</summary>
    public bool TryReadNext(out JournalRecord record)
    {
        while (true)
        {
            if (_scanner is not null)
            {
                if (_scanner.TryReadNext(out record))
                {
                    return true;
                }

                Damage.AddRange(_scanner.Damage);
                CloseFile();
            }

            if (_nextFile == _files.Count)
            {
                record = default;
                return false;
            }

            var file = _files[_nextFile++];
            _handle = File.OpenHandle(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, FileOptions.SequentialScan);
            _scanner = new SegmentScanner(_handle, file.Name, file.Header);
        }
    }

    public void Dispose() => CloseFile();

    private void CloseFile()
    {
        _handle?.Dispose();
        _handle = null;
        _scanner = null;
    }
}
