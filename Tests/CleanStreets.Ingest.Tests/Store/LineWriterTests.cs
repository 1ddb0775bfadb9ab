using System.Buffers;
using System.Text;
using CleanStreets.Ingest.Store.Line;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Store;

public sealed class LineWriterTests
{
    private const string Alphabet = "ab ,=\"\\\n\r\té€🙂'{}#-+.0\0";

    [Fact]
    public void Any_name_and_text_is_read_back_as_it_is_said_to_be_stored()
    {
        const int Seed = 20261125;
        var random = new Random(Seed);
        for (var round = 0; round < 20_000; round++)
        {
            var (measurement, tag, tagValue, field, text) = (Name(random), Name(random), Name(random), Name(random), Name(random, least: 0));
            var line = Write(measurement, tag, tagValue, field, text, random.NextDouble() * 1e9, random.NextInt64());

            var read = LineTwin.Read(line);

            var because = $"seed {Seed}, round {round}: {line}";
            read.Measurement.ShouldBe(LineWriter.Stored(measurement), because);
            read.Tags.Single().ShouldBe((LineWriter.Stored(tag), LineWriter.Stored(tagValue)), because);
            read.Fields[0].Key.ShouldBe(LineWriter.Stored(field), because);
            read.Fields[0].Value.ShouldBe($"\"{string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c))}\"", because);
        }
    }

    [Fact]
    public async Task InfluxDB_reads_any_name_and_text_as_it_is_said_to_be_stored()
    {
        await using var influx = new RunningInflux();
        await influx.StartAsync();
        using var http = new HttpClient();
        using var made = await http.PostAsync(new Uri(influx.Url, "/query"), new FormUrlEncodedContent([new("q", "CREATE DATABASE fuzz")]));
        var random = new Random(7);
        var expected = new Dictionary<int, (string Tag, string TagValue, string Field, string Text)>();
        var body = new StringBuilder();
        for (var i = 0; i < 400; i++)
        {
            // A measurement each, so that no two share a schema; a tag and a field must not share a name either.
            var (tag, value, field, text) = ("t" + Name(random), Name(random), "f" + Name(random), Name(random, least: 0));
            expected[i] = (LineWriter.Stored(tag), LineWriter.Stored(value), LineWriter.Stored(field), string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)));
            body.Append(Write($"m{i}", tag, value, field, text, 1e-7 * i, i));
        }

        using var answer = await http.PostAsync(new Uri(influx.Url, "/write?db=fuzz"), new StringContent(body.ToString()));
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
        foreach (var (i, (tag, value, field, text)) in expected)
        {
            using var json = System.Text.Json.JsonDocument.Parse(await influx.GetAsync($"/query?db=fuzz&q=SELECT+*+FROM+m{i}"));
            var series = json.RootElement.GetProperty("results")[0].GetProperty("series")[0];
            var columns = series.GetProperty("columns").EnumerateArray().Select(column => column.GetString()).ToList();
            var row = series.GetProperty("values")[0];
            row[columns.IndexOf(tag)].GetString().ShouldBe(value, $"point {i}");
            row[columns.IndexOf(field)].GetString().ShouldBe(text, $"point {i}");
            row[columns.IndexOf("number")].GetDouble().ShouldBe(1e-7 * i);
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Number_that_is_none_is_left_out(double value)
    {
        var output = new ArrayBufferWriter<byte>();
        var first = true;
        var line = new LineWriter(output).Measurement("m");
        line.Field(ref first, "bad", value);
        line.Field(ref first, "good", 1L);
        line.Time(5);
        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe("m good=1i 5\n");
    }

    private static string Name(Random random, int least = 1) =>
        string.Concat(Enumerable.Range(0, random.Next(least, 12)).Select(_ => random.GetItems(Alphabet.EnumerateRunes().ToArray(), 1)[0].ToString()));

    private static string Write(string measurement, string tag, string tagValue, string field, string text, double number, long integer)
    {
        var output = new ArrayBufferWriter<byte>();
        var line = new LineWriter(output).Measurement(measurement).Tag(tag, tagValue);
        var first = true;
        line.Field(ref first, field, text);
        line.Field(ref first, "number", number);
        line.Field(ref first, "integer", integer);
        line.Time(1_700_000_000_000_000_000);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
