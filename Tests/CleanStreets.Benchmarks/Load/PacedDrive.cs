using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Benchmarks.Load;

/// <summary>Trucks that send at a steady rate, lap after lap of what their files hold, and a few probes among them whose readings are known by their times, so that a score can be told to be theirs.</summary>
/// <remarks>
/// A probe's k-th reading is captured at <c>start + k s + probe's number ms</c>, later than any other truck's. A score whose <c>asOf</c> is such a time was
/// completed by the newest reading that its probe had sent when the score arrived: probes send so seldom, every two seconds, that there is only one it can be.
/// </remarks>
internal sealed partial class PacedDrive : IDisposable
{
    private const int ProbeEveryMs = 2000;
    private const string SessionKey = "\"sessionId\":\"";
    private const string ScoresFilter = "cleanstreets/v1/scores/#";

    private readonly Crowd _crowd;
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
        _probeStartMs = (nowMs - 240_000) / 1000 * 1000; // After the last of the others, which ends five minutes ago, and before now.
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
            for (var due = (long)(watch.Elapsed.TotalSeconds * readingsASecond); sentByOthers < due; sentByOthers++)
            {
                var truck = (int)(sentByOthers % Others);
                var (lap, line) = Math.DivRem((int)(sentByOthers / Others), _trucks[truck].Length);
                Send(truck, lap == 0 ? _trucks[truck][line] : _trucks[truck][line].Replace(SessionKey, $"{SessionKey}lap-{lap}-", StringComparison.Ordinal));
            }

            SendProbes(watch.Elapsed);
            _crowd.Pump(waitMs: 1);
        }
    }

    /// <summary>Waits until every reading is acknowledged.</summary>
    public void Finish() => _crowd.UntilAcknowledged(_sent);

    public void Dispose() => _crowd.Dispose();

    private void SendProbes(TimeSpan elapsed)
    {
        for (var probe = 0; probe < _probes; probe++)
        {
            var next = _probeNext[probe];
            var dueMs = (next + ((double)probe / _probes)) * ProbeEveryMs; // Not all at once.
            if (elapsed.TotalMilliseconds >= dueMs && next < _trucks[Others + probe].Length)
            {
                var capturedAt = DateTimeOffset.FromUnixTimeMilliseconds(_probeStartMs + (next * 1000L) + probe);
                var line = CapturedAt().Replace(_trucks[Others + probe][next], $"\"capturedAt\":\"{capturedAt:yyyy-MM-ddTHH:mm:ss.fff}Z\"");
                _probeNext[probe]++;
                _probeSentAt[probe] = Stopwatch.GetTimestamp();
                Send(Others + probe, line);
            }
        }
    }

    private void Send(int truck, string line)
    {
        var packet = new System.Buffers.ArrayBufferWriter<byte>(1024);
        PublishPacket.Write(
            packet, MqttProtocolVersion.V311, Encoding.UTF8.GetBytes($"cleanstreets/v1/readings/truck-{truck}"), Encoding.UTF8.GetBytes(line),
            QualityOfService.AtLeastOnce, retain: false, duplicate: false, packetId: (ushort)((_sent % 60_000) + 1), default);
        _crowd.Send(truck, packet.WrittenSpan);
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
        var probe = (int)(asOf % 1000);
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
