using System.Text.Json;
using System.Text.Json.Nodes;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Scores;
using CleanStreets.Contracts.Trucks;

namespace CleanStreets.Contracts.Tests;

/// <summary>The JSON of the other topics, in the shape the design shows.</summary>
public sealed class ContractShapeTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 22, 5, 38, 12, TimeSpan.Zero);

    [Fact]
    public void Marks_have_the_shape_of_the_contract()
    {
        var marks = new StoredMarks([new SessionMark(SessionId.Parse("b7-0042"), 18234)]);
        var json = JsonSerializer.Serialize(marks, ContractJson.Default.StoredMarks);
        json.ShouldBe("""{"sessions":[{"sessionId":"b7-0042","storedThrough":18234}]}""");
        JsonSerializer.Deserialize(json, ContractJson.Default.StoredMarks)!.Sessions.ShouldBe(marks.Sessions);
    }

    [Fact]
    public void Score_has_the_shape_of_the_contract()
    {
        var score = new SegmentScore
        {
            SegmentId = SegmentId.Parse("s-1"),
            NetworkVersion = "abc",
            Method = "crow-1",
            AsOf = At,
            State = ScoreState.Seen,
            Grade = Grade.B,
            Index = 2.1,
            Low = 1.7,
            High = 2.6,
            Probabilities = new Dictionary<string, double> { ["A+"] = 0.02, ["A"] = 0.21, ["B"] = 0.62, ["C"] = 0.14, ["D"] = 0.01 },
            Coverage = 0.92,
            NewestObservationAt = At,
            SampleSize = 7,
            Sides = new SideScores(new SideScore(ScoreState.Seen, Grade.APlus, 0.5, 0.1, 0.9, 3), null),
            Views = new Dictionary<string, MethodView> { ["lasan-2016-q3"] = new(2) },
        };
        var json = JsonNode.Parse(JsonSerializer.Serialize(score, ContractJson.Default.SegmentScore))!;

        json["segmentId"]!.GetValue<string>().ShouldBe("s-1");
        json["state"]!.GetValue<string>().ShouldBe("seen");
        json["grade"]!.GetValue<string>().ShouldBe("B");
        json["probabilities"]!["A+"]!.GetValue<double>().ShouldBe(0.02);
        json["sides"]!["left"]!["grade"]!.GetValue<string>().ShouldBe("A+");
        json["sides"]!.AsObject().ContainsKey("right").ShouldBeFalse();
        json["views"]!["lasan-2016-q3"]!["grade"]!.GetValue<int>().ShouldBe(2);
        json["asOf"]!.GetValue<DateTimeOffset>().ShouldBe(At);
        JsonSerializer.Deserialize(json.ToJsonString(), ContractJson.Default.SegmentScore)!.Grade.ShouldBe(Grade.B);
    }

    [Fact]
    public void Score_of_a_street_not_seen_carries_no_grade()
    {
        var score = new SegmentScore { SegmentId = SegmentId.Parse("s-1"), NetworkVersion = "abc", Method = "crow-1", AsOf = At, State = ScoreState.NotSeen };
        var json = JsonNode.Parse(JsonSerializer.Serialize(score, ContractJson.Default.SegmentScore))!.AsObject();
        json["state"]!.GetValue<string>().ShouldBe("not_seen");
        json.ContainsKey("grade").ShouldBeFalse();
        json.ContainsKey("index").ShouldBeFalse();
    }

    [Fact]
    public void Fact_and_status_keep_their_words_and_refuse_numbers_for_them()
    {
        var fact = new Fact { FactId = "f-1", SegmentId = SegmentId.Parse("s"), Kind = FactKind.CleaningClaimed, At = At, Side = Side.Left };
        var json = JsonSerializer.Serialize(fact, ContractJson.Default.Fact);
        JsonNode.Parse(json)!["kind"]!.GetValue<string>().ShouldBe("cleaning_claimed");
        JsonSerializer.Deserialize(json, ContractJson.Default.Fact).ShouldBe(fact);
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize(json.Replace("\"cleaning_claimed\"", "1", StringComparison.Ordinal), ContractJson.Default.Fact));
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize(json.Replace("\"s\"", "\"s/#\"", StringComparison.Ordinal), ContractJson.Default.Fact));

        var status = new TruckStatus { TruckId = TruckId.Parse("t"), State = TruckState.Lost, At = At, Simulated = true, Position = new TruckPosition(1, 2, null, 3) };
        var text = JsonSerializer.Serialize(status, ContractJson.Default.TruckStatus);
        JsonNode.Parse(text)!["state"]!.GetValue<string>().ShouldBe("lost");
        JsonSerializer.Deserialize(text, ContractJson.Default.TruckStatus).ShouldBe(status);
    }

    [Theory]
    [InlineData("truck-017", true)]
    [InlineData("A.b_c-9", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("ü", false)]
    [InlineData("#", false)]
    public void Identifier_is_1_to_64_of_the_alphabet(string text, bool valid)
    {
        TruckId.TryCreate(text, out _).ShouldBe(valid);
        TruckId.TryCreate(new string('x', 64), out _).ShouldBeTrue();
        TruckId.TryCreate(new string('x', 65), out _).ShouldBeFalse();
    }
}
