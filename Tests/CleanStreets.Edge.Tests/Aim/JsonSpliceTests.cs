using System.Text;
using System.Text.Json;
using CleanStreets.Edge.Aim.Sheet;

namespace CleanStreets.Edge.Tests.Aim;

public sealed class JsonSpliceTests
{
    private static readonly Dictionary<string, string> Values = new() { ["a.x"] = "1", ["a.b.y"] = "[2]", ["c"] = "\"three\"" };

    [Fact]
    public void Values_are_replaced_and_every_other_byte_stays() => Set(
        """
        {
          // Why.
          "c": "ü", "a": { "b": { /* deep */ "y": [[0, 1], [2]], "z": null }, "x": 0.5 },
        }
        """).ShouldBe("""
        {
          // Why.
          "c": "three", "a": { "b": { /* deep */ "y": [2], "z": null }, "x": 1 },
        }
        """);

    [Fact]
    public void What_is_not_there_is_added_at_the_beginning_of_its_object() => Set(
        """
        {
          "a": {
            "z": 1
          }
        }
        """).ShouldBe("""
        {
          "c": "three",
          "a": {
            "x": 1, "b": {"y": [2]},
            "z": 1
          }
        }
        """);

    [Fact]
    public void An_empty_object_gets_them_too() => Set("{}").ShouldBe("""{"a": {"x": 1, "b": {"y": [2]}}, "c": "three"}""");

    [Fact]
    public void An_object_that_was_no_object_is_left() => Set("""{"a": 7, "c": 1}""").ShouldBe("""{"a": 7, "c": "three"}""");

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"a\": ")]
    [InlineData("{\"a\" 1}")]
    public void What_is_no_json_is_refused(string json) => Should.Throw<JsonException>(() => Set(json));

    private static string Set(string json) => Encoding.UTF8.GetString(JsonSplice.Set(Encoding.UTF8.GetBytes(json), Values));
}
