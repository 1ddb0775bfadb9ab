using System.Text;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Ingest.Acknowledge;

namespace CleanStreets.Ingest.Tests.Pipeline;

public sealed class MarksJsonTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(StoredMarks.MaxSessions)]
    public void Marks_are_written_as_the_contract_has_them(int sessions)
    {
        var json = new MarksJson();
        json.Write(new StoredMarks([new SessionMark(SessionId.Parse("before"), 1)]));
        var marks = new StoredMarks([.. Enumerable.Range(0, sessions).Select(i => new SessionMark(SessionId.Parse($"A.b_{i}-0042"), long.MaxValue - i))]);

        Encoding.UTF8.GetString(json.Write(marks)).ShouldBe(JsonSerializer.Serialize(marks, ContractJson.Default.StoredMarks));
    }
}
