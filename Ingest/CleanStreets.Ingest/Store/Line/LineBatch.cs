using System.Buffers;
using System.Text;

namespace CleanStreets.Ingest.Store.Line;

/// <summary>Lines of line protocol in one buffer, so that any run of them can be sent by itself.</summary>
internal sealed class LineBatch
{
    private readonly ArrayBufferWriter<byte> _bytes = new(64 * 1024);
    private readonly List<int> _ends = [];

    public int Count => _ends.Count;

    public int Bytes => _ends.Count == 0 ? 0 : _ends[^1];

    public LineWriter Writer => new(_bytes);

    /// <summary>What has been written since the last line is a line.</summary>
    public void EndLine() => _ends.Add(_bytes.WrittenCount);

    public ReadOnlyMemory<byte> Lines(int from, int count)
    {
        var start = from == 0 ? 0 : _ends[from - 1];
        return _bytes.WrittenMemory[start.._ends[from + count - 1]];
    }

    public string Text(int line) => Encoding.UTF8.GetString(Lines(line, 1).Span).TrimEnd('\n');

    public void Clear()
    {
        _bytes.ResetWrittenCount();
        _ends.Clear();
    }
}
