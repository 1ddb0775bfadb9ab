using System.Text;
using System.Text.Json;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Quarantine;
using CleanStreets.Ingest.Tests.Receive;

namespace CleanStreets.Ingest.Tests.Quarantine;

public sealed class PayloadFuzzTests
{
    private const int Rounds = 10_000;

    private static readonly QuarantineFix Fix = new()
    {
        TruckId = "truck-7",
        Fields = new Dictionary<string, string> { ["latitude"] = "lat", ["readings"] = "readings" },
        Kinds = new Dictionary<string, string> { ["pile"] = "bulky_item" },
        LeaveOut = ["longitude"],
    };

    private static readonly QuarantineListItem Item = new("1-0", DateTimeOffset.UnixEpoch, "empty", "", null, null, null, 0, null, null);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Mangled_payload_is_fixed_or_refused_and_shown_as_text_whatever_it_is(int seed)
    {
        var random = new Random(seed);
        var head = new ReleaseHead("d-1", "dora", 1, 2, [3, 4]);
        var whole = head.PutBefore(Encoding.UTF8.GetBytes(EventBodies.Readings("truck-1", 1)));
        var (@fixed, decisions) = (0, 0);
        for (var i = 0; i < Rounds; i++)
        {
            var payload = (byte[])whole.Clone();
            for (var changes = random.Next(3); changes > 0; changes--)
            {
                payload[random.Next(payload.Length)] = (byte)(random.Next(3) == 0 ? random.Next(256) : "{}[]\",:\\u"[random.Next(9)]);
            }

            payload = random.Next(6) == 0 ? payload[..random.Next(payload.Length)] : payload;
            var result = PayloadFix.TryApply(payload, Fix, out var problem);
            (result is null).ShouldBe(problem is not null, $"seed {seed}, round {i}");
            if (result is not null)
            {
                using var document = JsonDocument.Parse(result);
                document.RootElement.GetProperty("truckId").GetString().ShouldBe("truck-7", $"seed {seed}, round {i}");
                @fixed++;
            }

            var detail = PayloadView.Of(Item, payload);
            detail.Text.ShouldAllBe(c => !char.IsControl(c) || c == '\n' || c == '\t');
            decisions += ReleaseHead.Read(payload) is null ? 0 : 1;
        }

        @fixed.ShouldBeGreaterThan(Rounds / 10);
        decisions.ShouldBeGreaterThan(Rounds / 10);
    }

    [Fact]
    public void Decision_at_the_head_is_read_back()
    {
        var head = new ReleaseHead("d-1", "dora \"the\" <b>", 1_700_000_000_000, 4711, [18, 19]);
        var read = ReleaseHead.Read(head.PutBefore("{\"truckId\":\"t\"}"u8))!;
        (read with { Sequences = head.Sequences }).ShouldBe(head);
        read.Sequences.ShouldBe(head.Sequences);
        ReleaseHead.Read("{\"truckId\":\"t\"}"u8).ShouldBeNull();
    }

    [Theory]
    [InlineData("12-0", 12, 0)]
    [InlineData("9223372036854775807-18234", long.MaxValue, 18234)]
    public void Id_is_read_back(string text, long position, long sequence)
    {
        QuarantineId.TryParse(text, out var id).ShouldBeTrue();
        id.ShouldBe(new QuarantineId(position, sequence));
        id.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("-1-0")]
    [InlineData("1- 0")]
    [InlineData("99999999999999999999-0")]
    public void What_is_no_id_is_none(string? text) => QuarantineId.TryParse(text, out _).ShouldBeFalse();
}
