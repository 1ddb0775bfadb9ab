using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Contracts.Tests.Readings;

/// <summary>The framework's reader as the twin: the same tokens, and the same texts refused.</summary>
public sealed class JsonCursorTests(ITestOutputHelper output)
{
    private static readonly string[] _pieces =
        ["{", "}", "[", "]", ",", ":", "\"", "\\", "\\u00e9", "\\n", "\\x", "\\u12", "0", "01", "-", "-0", "1.", ".5", "1e", "1E+7", "-2.50e-3", "true", "fals", "null", " ", "\n", "\t", "\0", "\u007f", "é", "/", "//", "a"];

    [Theory]
    [InlineData("""{"a":1,"b":[true,false,null,{"c":"d\"e"}],"f":{}}""")]
    [InlineData(""" { "a" : [ ] , "b" : -0.5e+10 } """)]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{"a":01}""")]
    [InlineData("""{"a":1.}""")]
    [InlineData("""{"a" 1}""")]
    [InlineData("""{"a":[1,]}""")]
    [InlineData("""{"a":[1}""")]
    [InlineData("""{"a":"\u12g4"}""")]
    [InlineData("""{"a":"tab	"}""")]
    [InlineData("""{"a":1} x""")]
    [InlineData("""{"a":1}{}""")]
    [InlineData("""{"a":truth}""")]
    [InlineData("""{"a":1""")]
    [InlineData("{")]
    [InlineData("""{"a":[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]}""")]
    [InlineData("""{"a":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}""")]
    [InlineData("""{"a text longer than sixteen bytes":"and one more that is longer than sixteen \\ bytes"}""")]
    public void Tokens_are_those_of_the_framework(string text) => Compare(Encoding.UTF8.GetBytes(text), text);

    [Fact]
    public void Mutated_batches_are_read_or_refused_as_the_framework_does()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var refused = 0;
        const int Rounds = 60_000;
        for (var round = 0; round < Rounds; round++)
        {
            var text = Mutated(random);
            if (Utf8.IsValid(text) && text.Length > 0 && text[0] == '{')
            {
                refused += Compare(text, $"seed {seed}, round {round}: {Encoding.UTF8.GetString(text)}") ? 0 : 1;
            }
        }

        refused.ShouldBeInRange(Rounds / 10, Rounds * 9 / 10, "both kinds must be met");
    }

    private static byte[] Mutated(Random random)
    {
        var batch = new StringBuilder(
            """{"truckId":"truck-1","sessionId":"s-1","firstSequence":17,"readings":[{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":37.8,"longitude":-122.3,"detections":[{"kind":"weeds","count":3,"x":null}],"sensors":{"pm\u0031":1e1}}],"more":{"a":[true,false]}}""");
        for (var left = random.Next(3); left > 0; left--)
        {
            var at = random.Next(batch.Length);
            var length = random.Next(Math.Min(3, batch.Length - at));
            batch.Remove(at, length).Insert(at, random.Next(4) == 0 ? string.Empty : _pieces[random.Next(_pieces.Length)]);
        }

        return Encoding.UTF8.GetBytes(batch.ToString());
    }

    /// <summary>Whether both took it to the end.</summary>
    private static bool Compare(byte[] text, string because)
    {
        var (ours, theirs) = (Ours(text), Theirs(text));
        (ours is null).ShouldBe(theirs is null, because);
        ours?.ShouldBe(theirs!, because);
        return ours is not null;
    }

    private static List<string>? Ours(byte[] text)
    {
        var tokens = new List<string>();
        var cursor = new JsonCursor(text);
        while (cursor.Read())
        {
            tokens.Add(Token(cursor.TokenType, cursor.ValueSpan, cursor.ValueIsEscaped));
        }

        return cursor.Failed || cursor.Depth > 0 ? null : tokens;
    }

    private static List<string>? Theirs(byte[] text)
    {
        var tokens = new List<string>();
        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = ReadingLimits.MaxJsonDepth });
            while (reader.Read())
            {
                tokens.Add(Token(reader.TokenType, reader.ValueSpan, reader.ValueIsEscaped));
            }
        }
        catch (JsonException)
        {
            return null;
        }

        return tokens;
    }

    private static string Token(JsonTokenType type, ReadOnlySpan<byte> value, bool escaped)
    {
        var hasValue = type is not (JsonTokenType.StartObject or JsonTokenType.EndObject or JsonTokenType.StartArray or JsonTokenType.EndArray);
        var isText = type is JsonTokenType.String or JsonTokenType.PropertyName;
        return $"{type} {(hasValue ? Encoding.UTF8.GetString(value) : string.Empty)} {isText && escaped}";
    }
}
