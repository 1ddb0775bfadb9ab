using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Benchmarks.Load;

/// <summary>Trucks that send at a steady rate, lap after lap of what their files hold, and a few probes among them whose readings are known by their times, so that a score can be told to be theirs.</summary>
/// <remarks>
/// Each probe's readings are captured in half a minute that nobody else has, later than any other truck's (and ahead of the wall clock by hours, which is
/// not too far). A pass ends between two fixes, so the <c>asOf</c> of a score lies within the half minute of the probe whose pass it is: it was
/// completed by the newest reading that its probe had sent when the score arrived: probes send so seldom, every two seconds, that there is only one it can be.
/// </remarks>
internal sealed partial class PacedDrive : IDisposable
{
    private const int ProbeEveryMs = 2000;
    private const int ProbeWindowMs = 30_000;

    /// <summary>Messages that a truck sends at once, so that the load has the form in which the full load was measured: one by one they cost four times as much.</summary>
    private const int Burst = 20;
    private const string SessionKey = "\"sessionId\":\"";
    private const string ScoresFilter = "cleanstreets/v1/scores/#";

    private readonly Crowd _crowd;
    private readonly ArrayBufferWriter<byte> _burst = new();
    private readonly IReadOnlyList<string[]> _trucks;
    private readonly int _probes;
    private readonly long _probeStartMs;
    private readonly long[] _probeSentAt;
    private readonly int[] _probeNext;
    private readonly HashSet<string> _seen = [];
    private readonly List<double> _latencies = [];
    private long _sent;

    /// <param name="port">Where ingest listens.</param>
    /// <param name="files">One file a truck, a JSON batch of one reading a line; the last ones are the probes'.</param>
    /// <param name="probes">How many of them are probes.</param>
    /// <param name="nowMs">The time on the wall, Unix milliseconds.</param>
    public PacedDrive(int port, IReadOnlyList<string> files, int probes, long nowMs)
    {
        (_crowd, _probes) = (new Crowd(port), probes);
        _trucks = [.. files.Select(File.ReadAllLines)];
        _probeStartMs = nowMs; // The last of the others ends five minutes ago.
        (_probeSentAt, _probeNext) = (new long[probes], new int[probes]);
        _crowd.Connect(files.Count, "truck-");
        _crowd.Connect(1, "scores-watcher-");
        _crowd.Subscribe(ScoresFilter, QualityOfService.AtMostOnce, member: files.Count);
        _crowd.OnHeard = Hear;
    }

    /// <summary>Milliseconds from a probe's completing reading being sent to its score being heard.</summary>
    public IReadOnlyList<double> Latencies => _latencies;

    /// <summary>Readings sent by all.</summary>
    public long Sent => _sent;

    private int Others => _trucks.Count - _probes;

    /// <summary>Sends for a time. Each lap of a truck is a session of its own, so that nothing is a repeat.</summary>
    public void Run(TimeSpan duration, double readingsASecond)
    {
        var watch = Stopwatch.StartNew();
        var sentByOthers = 0L;
        while (watch.Elapsed < duration)
        {
            for (var due = (long)(watch.Elapsed.TotalSeconds * readingsASecond); sentByOthers + Burst <= due; sentByOthers += Burst)
            {
                SendBurst(sentByOthers / Burst);
            }

            SendProbes(watch.Elapsed);
            _crowd.Pump(waitMs: 1);
        }
    }

    /// <summary>Waits until every reading is acknowledged.</summary>
    public void Finish() => _crowd.UntilAcknowledged(_sent);

    public void Dispose() => _crowd.Dispose();

    /// <summary>The how-manieth burst of all: the trucks take turns.</summary>
    private void SendBurst(long number)
    {
        var truck = (int)(number % Others);
        var lines = _trucks[truck];
        _burst.ResetWrittenCount();
        for (var i = number / Others * Burst; i < ((number / Others) + 1) * Burst; i++)
        {
            var (lap, line) = Math.DivRem((int)i, lines.Length);
            Write(truck, lap == 0 ? lines[line] : lines[line].Replace(SessionKey, $"{SessionKey}lap-{lap}-", StringComparison.Ordinal));
        }

        _crowd.Send(truck, _burst.WrittenSpan);
    }

    private void SendProbes(TimeSpan elapsed)
    {
        for (var probe = 0; probe < _probes; probe++)
        {
            var next = _probeNext[probe];
            var dueMs = (next + ((double)probe / _probes)) * ProbeEveryMs; // Not all at once.
            if (elapsed.TotalMilliseconds >= dueMs && next < Math.Min(_trucks[Others + probe].Length, ProbeWindowMs / 1000))
            {
                var capturedAt = DateTimeOffset.FromUnixTimeMilliseconds(_probeStartMs + ((long)probe * ProbeWindowMs) + (next * 1000L));
                var line = CapturedAt().Replace(_trucks[Others + probe][next], $"\"capturedAt\":\"{capturedAt:yyyy-MM-ddTHH:mm:ss.fff}Z\"");
                _probeNext[probe]++;
                _probeSentAt[probe] = Stopwatch.GetTimestamp();
                _burst.ResetWrittenCount();
                Write(Others + probe, line);
                _crowd.Send(Others + probe, _burst.WrittenSpan);
            }
        }
    }

    private void Write(int truck, string line)
    {
        PublishPacket.Write(
            _burst, MqttProtocolVersion.V311, Encoding.UTF8.GetBytes($"cleanstreets/v1/readings/truck-{truck}"), Encoding.UTF8.GetBytes(line),
            QualityOfService.AtLeastOnce, retain: false, duplicate: false, packetId: (ushort)((_sent % 60_000) + 1), default);
        _sent++;
    }

    private void Hear(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload)
    {
        var arrived = Stopwatch.GetTimestamp();
        if (!topic.StartsWith("cleanstreets/v1/scores/"u8) || AsOf().Match(Encoding.UTF8.GetString(payload)) is not { Success: true } match)
        {
            return;
        }

        var asOf = DateTimeOffset.Parse(match.Groups["time"].Value, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
        var probe = (asOf - _probeStartMs) / ProbeWindowMs;
        if (asOf >= _probeStartMs && probe < _probes && _probeSentAt[probe] != 0 && _seen.Add($"{Encoding.UTF8.GetString(topic)} {asOf}"))
        {
            _latencies.Add(Stopwatch.GetElapsedTime(_probeSentAt[probe], arrived).TotalMilliseconds);
        }
    }

    [GeneratedRegex("\"capturedAt\":\"[^\"]*\"", RegexOptions.None, 1000)]
    private static partial Regex CapturedAt();

    [GeneratedRegex("\"asOf\":\"(?<time>[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AsOf();
}
