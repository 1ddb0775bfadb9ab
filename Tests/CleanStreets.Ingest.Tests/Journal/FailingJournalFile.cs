using CleanStreets.Ingest.Journal;

namespace CleanStreets.Ingest.Tests.Journal;

/// <summary>A file whose disk fails on demand, or has only so much room.</summary>
internal sealed class FailingJournalFile(IJournalFile real) : IJournalFile
{
    private const int NoSpace = 28;

    public DiskStep Fails { get; set; }

    /// <summary>The errno with which it fails.</summary>
    public int Error { get; set; } = 5;

    /// <summary>Bytes that still find room on the disk; shared by all files of it.</summary>
    public DiskSpace? Space { get; init; }

    public int Calls { get; private set; }

    public int Flushes { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        Demand(DiskStep.Write);
        if (Space is { } space && bytes.Length > space.Left)
        {
            // As a real disk does: what finds room is written.
            real.Write(bytes[..space.Left], offset);
            throw new IOException("No space left on device", NoSpace);
        }

        real.Write(bytes, offset);
        Space?.Take(bytes.Length);
    }

    public void Truncate(long length) => real.Truncate(length);

    public void Flush()
    {
        Demand(DiskStep.Flush);
        real.Flush();
        Flushes++;
    }

    public void Dispose() => real.Dispose();

    private void Demand(DiskStep step)
    {
        Calls++;
        if (Fails == step)
        {
            throw new IOException("Input/output error", Error);
        }
    }
}

/// <summary>How many bytes a disk still takes.</summary>
internal sealed class DiskSpace(int left)
{
    public int Left { get; private set; } = left;

    public void Take(int bytes) => Left -= bytes;

    public void Free(int bytes) => Left += bytes;
}

public enum DiskStep
{
    None,
    Write,
    Flush,
}
