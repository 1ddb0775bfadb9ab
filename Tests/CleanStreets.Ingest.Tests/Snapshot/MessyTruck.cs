using System.Text;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Tests.Pipeline;

namespace CleanStreets.Ingest.Tests.Snapshot;

/// <summary>A truck whose link repeats, reorders and loses, and whose software now and then sends nonsense.</summary>
internal sealed class MessyTruck(Drive drive, Random random)
{
    private readonly List<int> _missing = [];
    private int _next;

    public void AddTo(IngestBatch batch, long nowMs)
    {
        var from = _next;
        switch (random.Next(12))
        {
            case 0: // Lost for now.
                _missing.Add(_next);
                _next = Math.Min(drive.Count - 1, _next + 4);
                return;
            case 1 when _missing.Count > 0:
                from = _missing[0];
                _missing.RemoveAt(0);
                break;
            case 2: // A repeat.
                from = Math.Max(0, _next - random.Next(10));
                break;
            case 3:
                Add(batch, nowMs, "{\"truckId\":\"?\""u8.ToArray());
                return;
            default:
                _next = Math.Min(drive.Count - 1, _next + 4);
                break;
        }

        var oldest = random.Next(10) == 0 ? from + 1 : 0;
        var sent = random.Next(3) == 0 ? nowMs + (random.Next(2) * 3_600_000L) : 0;
        var payload = drive.Batch(from, Math.Min(4, drive.Count - from), random.Next(2) == 0 ? ReadingFormat.Json : ReadingFormat.Protobuf, sent, oldest);
        if (random.Next(15) == 0 && payload[0] == (byte)'{')
        {
            payload = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(payload).Replace("\"latitude\":", "\"latitude\":9", StringComparison.Ordinal));
        }

        Add(batch, nowMs, payload);
    }

    private void Add(IngestBatch batch, long nowMs, byte[] payload) =>
        batch.Add(new IngestMessage { ReceivedAtMs = nowMs }, Encoding.ASCII.GetBytes(drive.Truck), [], payload);
}
