using System.Text;
using CleanStreets.Edge.Simulate;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Position;

/// <summary>A recorded drive, at its own pace and moved to now: NMEA sentences, or the first trace of a CSV as <c>edge simulate --replay</c> takes it.</summary>
internal sealed class ReplaySource(string path, TimeProvider time, ILogger logger) : IPositionSource
{
    // A recording that pauses overnight is not waited for.
    private static readonly TimeSpan LongestGap = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public string Name => $"replay {path}";

    /// <inheritdoc/>
    public bool IsRecording => true;

    /// <summary>Reads the whole recording.</summary>
    /// <exception cref="PositionException">It cannot be read, or holds no fix with a time.</exception>
    public static IReadOnlyList<Fix> Read(string path)
    {
        try
        {
            var fixes = Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase) ? ReadTrace(path) : ReadSentences(path);
            return fixes.Count > 0 ? fixes : throw new PositionException($"{path} holds no fix with a time: name a file of NMEA sentences (RMC), or a CSV of traces.");
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or SimulateException)
        {
            throw new PositionException($"The recording {path} cannot be read: {ex.Message}", ex);
        }
    }

    /// <inheritdoc/>
    public async Task RunAsync(Func<Fix, ValueTask> take, CancellationToken stop)
    {
        var fixes = Read(path);
        var at = time.GetUtcNow();
        var before = fixes[0].GnssTime!.Value;
        foreach (var fix in fixes)
        {
            var gap = fix.GnssTime!.Value - before;
            before = fix.GnssTime.Value;
            at += gap > LongestGap ? LongestGap : gap > TimeSpan.Zero ? gap : TimeSpan.Zero;
            if (at - time.GetUtcNow() is { Ticks: > 0 } wait)
            {
                await Task.Delay(wait, time, stop);
            }

            await take(fix with { GnssTime = at });
        }

        PositionLog.Ended(logger, Name);
    }

    private static List<Fix> ReadSentences(string path)
    {
        var reader = new NmeaReader();
        return [.. File.ReadLines(path, Encoding.ASCII).Select(reader.Take).OfType<Fix>().Where(fix => fix.GnssTime is not null)];
    }

    private static List<Fix> ReadTrace(string path) =>
        [.. ReplayTraces.Read(path)[0].Fixes.Select(fix => new Fix
        {
            HasPosition = true,
            Latitude = fix.LatitudeE7 / 1e7,
            Longitude = fix.LongitudeE7 / 1e7,
            GnssTime = DateTimeOffset.FromUnixTimeMilliseconds(fix.AtMs),
        })];
}
