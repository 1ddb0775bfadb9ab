using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using CleanStreets.Contracts.Disk;

namespace CleanStreets.Edge.Upgrade;

/// <summary>How a call to <see cref="ReleaseDownload.RunAsync"/> ended.</summary>
internal enum DownloadResult
{
    /// <summary>The archive is there, and is the one that was signed.</summary>
    Done,

    /// <summary>The day's budget of bytes is used up; the rest comes later.</summary>
    OutOfBudget,

    /// <summary>Twice the bytes were not those that were signed.</summary>
    Wrong,
}

/// <summary>Fetches an archive over a link that breaks: what has come stays, and the rest is asked for by range.</summary>
/// <remarks>
/// A file that is complete and wrong may be a power cut's (blocks that never reached the disk): it is fetched once more, whole, under another name, which is also how that
/// survives the next power cut. Wrong again, it is the server's.
/// </remarks>
internal sealed class ReleaseDownload(HttpClient http, Func<bool> mayReceive, Action<int> received, long bytesASecond, TimeProvider time)
{
    private const int ChunkBytes = 16 * 1024;
    private const int FlushBytes = 512 * 1024;

    // A link that is half open says nothing for ever.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Fetches until the archive is whole, or throws what the link threw.</summary>
    /// <param name="url">Where it is.</param>
    /// <param name="archive">What it must be.</param>
    /// <param name="path">Where it goes; it appears under this name only when it is right.</param>
    /// <param name="progress">Told how many bytes are there.</param>
    /// <param name="stop">Ends it; what has come stays.</param>
    /// <exception cref="HttpRequestException">The server or the link.</exception>
    /// <exception cref="IOException">The link, or the disk.</exception>
    public async Task<DownloadResult> RunAsync(Uri url, ReleaseArchive archive, string path, Action<long> progress, CancellationToken stop)
    {
        if (File.Exists(path))
        {
            return DownloadResult.Done;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        foreach (var attempt in new[] { path + ".part", path + ".again" })
        {
            if (attempt.EndsWith(".part", StringComparison.Ordinal) && File.Exists(path + ".again"))
            {
                continue;
            }

            if (!await FetchAsync(url, archive, attempt, progress, stop))
            {
                return DownloadResult.OutOfBudget;
            }

            if (IsRight(attempt, archive))
            {
                File.Move(attempt, path);
                DirectoryFlush.Flush(Path.GetDirectoryName(path)!);
                return DownloadResult.Done;
            }

            if (attempt.EndsWith(".part", StringComparison.Ordinal))
            {
                StateFile.Write(path + ".again", ReadOnlySpan<byte>.Empty); // Before the other goes: the next try is the last.
            }

            File.Delete(attempt);
        }

        return DownloadResult.Wrong;
    }

    private static bool IsRight(string path, ReleaseArchive archive)
    {
        using var file = File.OpenRead(path);
        return file.Length == archive.Bytes && Convert.ToHexStringLower(SHA256.HashData(file)) == archive.Sha256;
    }

    /// <summary>True when the file has its size; false when the budget is used up.</summary>
    private async Task<bool> FetchAsync(Uri url, ReleaseArchive archive, string path, Action<long> progress, CancellationToken stop)
    {
        await using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var have = file.Length;
        if (have > archive.Bytes)
        {
            have = 0;
        }

        if (have == archive.Bytes)
        {
            return true;
        }

        if (!mayReceive())
        {
            return false;
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (have > 0)
        {
            request.Headers.Range = new RangeHeaderValue(have, null);
        }

        using var silence = CancellationTokenSource.CreateLinkedTokenSource(stop);
        silence.CancelAfter(Patience);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token);
        response.EnsureSuccessStatusCode();
        if (response.StatusCode != HttpStatusCode.PartialContent || response.Content.Headers.ContentRange?.From != have)
        {
            have = 0; // The server knows no ranges.
        }

        file.SetLength(have);
        file.Position = have;
        await using var body = await response.Content.ReadAsStreamAsync(silence.Token);
        var buffer = new byte[ChunkBytes];
        var flushed = have;
        try
        {
            while (have < archive.Bytes)
            {
                var count = await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(ChunkBytes, archive.Bytes - have)), silence.Token);
                if (count == 0)
                {
                    throw new IOException($"{url} ended after {have} of {archive.Bytes} bytes.");
                }

                await file.WriteAsync(buffer.AsMemory(0, count), stop);
                have += count;
                silence.CancelAfter(Patience);
                received(count);
                progress(have);
                if (have - flushed >= FlushBytes)
                {
                    FileFlush.Flush(file.SafeFileHandle);
                    flushed = have;
                }

                if (have < archive.Bytes && !mayReceive())
                {
                    return false;
                }

                if (bytesASecond > 0)
                {
                    await Task.Delay(TimeSpan.FromSeconds((double)count / bytesASecond), time, stop);
                }
            }
        }
        finally
        {
            FileFlush.Flush(file.SafeFileHandle);
        }

        return true;
    }
}
