using System.Text;
using System.Text.Json;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Quarantine;
using CleanStreets.Ingest.Tests.Snapshot;
using CleanStreets.Scoring.State;

namespace CleanStreets.Ingest.Tests.Quarantine;

/// <summary>Standing mappings in the journal and in a snapshot: they come out as they went in, and the bytes stay those of their version.</summary>
public sealed class MappingFormatTests
{
    private const string Batch = """
        {"truckId":"truck-1","sessionId":"s-1","firstSequence":1,"readings":[
          {"capturedAt":"2026-01-01T00:00:00Z","latitude":1,"longitude":1},{"capturedAt":"2026-01-01T00:00:01Z","latitude":1,"longitude":1}]}
        """;

    private static readonly QuarantineFix Names = new() { Fields = new Dictionary<string, string> { ["lat"] = "latitude", ["lng"] = "longitude" } };

    [Fact]
    public void Mappings_and_their_counts_come_out_of_a_snapshot_as_they_went_in()
    {
        var log = new QuarantineLog(new QuarantineOptions());
        foreach (var record in new[]
        {
            new MappingChange(Mapping("m-1", "position_missing", null, Names), null),
            new MappingChange(Mapping("m-2", "truck_id_not_topic", "box-1", new QuarantineFix { TruckId = "truck-1" }), null),
            new MappingChange(null, new MappingRemoval("m-3", "dora", 5)),
        })
        {
            log.Note(new JournalRecord { Type = JournalRecordType.MappingChange, Payload = record.ToBytes() });
        }

        var mended = new MendedHead([new AppliedMapping("m-1", Names)], null).PutBefore(Encoding.UTF8.GetBytes(Batch));
        log.Note(new JournalRecord { Type = JournalRecordType.Readings, Flags = JournalRecordFlags.Mended, ReadingCount = 2, ReceivedAtMs = 77, Payload = mended });
        log.Note(new JournalRecord { Type = JournalRecordType.Readings, Flags = JournalRecordFlags.Mended, ReadingCount = 2, ReceivedAtMs = 78, Verdicts = [0, 255], Payload = mended });
        log.Show();
        log.Mappings.Select(state => (state.Mapping.Id, state.Messages, state.Readings)).ShouldBe([("m-1", 2, 3), ("m-2", 0, 0)]);

        var (bytes, loaded) = (RecoveryBench.Bytes(log.Save), new QuarantineLog(new QuarantineOptions()));
        var items = new StateReader(bytes, new TextCache(16), version: 2);
        while (!items.IsAtEnd)
        {
            loaded.Load(ref items);
        }

        RecoveryBench.Bytes(loaded.Save).ShouldBe(bytes);
        loaded.Show();
        JsonSerializer.Serialize(loaded.Mappings).ShouldBe(JsonSerializer.Serialize(log.Mappings));
    }

    [Fact]
    public void Records_and_items_of_a_snapshot_stay_as_their_version_wrote_them()
    {
        var fix = new QuarantineFix
        {
            TruckId = "truck-1",
            Fields = new Dictionary<string, string> { ["lat"] = "latitude" },
            Kinds = new Dictionary<string, string> { ["trash"] = "loose_litter" },
            Factors = new Dictionary<string, decimal> { ["latitude"] = 0.0000001m },
            LeaveOut = ["odd"],
        };
        var mapping = Mapping("m-1", "truck_id_not_topic", "box-1", fix);
        const string Added = """{"add":{"id":"m-1","by":"dora","atMs":1764000000000,"match":{"reason":"truck_id_not_topic","truckId":"box-1"},"fix":{"truckId":"truck-1","fields":{"lat":"latitude"},"kinds":{"trash":"loose_litter"},"factors":{"latitude":0.0000001},"leaveOut":["odd"],"useTimeOfReceipt":false}}}""";
        const string Removed = """{"remove":{"id":"m-1","by":"dora","atMs":5}}""";
        Encoding.UTF8.GetString(new MappingChange(mapping, null).ToBytes()).ShouldBe(Added);
        Encoding.UTF8.GetString(new MappingChange(null, new MappingRemoval("m-1", "dora", 5)).ToBytes()).ShouldBe(Removed);
        MappingChange.Read(Encoding.UTF8.GetBytes(Removed)).ShouldBe(new MappingChange(null, new MappingRemoval("m-1", "dora", 5)));
        MappingChange.Read("{}"u8).ShouldBeNull();
        MappingChange.Read("{\"add\":{},\"remove\":{}}"u8).ShouldBeNull();

        var log = new QuarantineLog(new QuarantineOptions());
        log.Note(new JournalRecord { Type = JournalRecordType.MappingChange, Payload = Encoding.UTF8.GetBytes(Added) });
        var text = Added["{\"add\":".Length..^1];
        var expected = RecoveryBench.Bytes(state =>
        {
            state.Number(1);
            state.Number(0);
            state.EndItem();
            state.Number(3);
            state.Text(text);
            state.Number(0);
            state.Number(0);
            state.Number(0);
            state.EndItem();
        });
        RecoveryBench.Bytes(log.Save).ShouldBe(expected);
    }

    private static QuarantineMapping Mapping(string id, string reason, string? truck, QuarantineFix fix) => new(id, "dora", 1_764_000_000_000, new QuarantineMatch(reason, truck), fix);
}
