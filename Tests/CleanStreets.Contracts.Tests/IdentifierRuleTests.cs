using System.Text;
using System.Text.Json;

namespace CleanStreets.Contracts.Tests;

/// <summary>What may be an identifier, in characters and in bytes.</summary>
public sealed class IdentifierRuleTests
{
    [Theory]
    [InlineData("truck-017", true)]
    [InlineData("A.b_c-9", true)]
    [InlineData("...", true)]
    [InlineData(".a", true)]
    [InlineData("a.", true)]
    [InlineData("-", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("+", false)]
    [InlineData("#", false)]
    [InlineData("ä", false)]
    [InlineData("a\0", false)]
    public void Text_and_bytes_are_judged_alike(string text, bool isValid)
    {
        IdentifierRule.IsValid(text).ShouldBe(isValid);
        IdentifierRule.IsValid(Encoding.UTF8.GetBytes(text)).ShouldBe(isValid);
        TruckId.TryCreate(text, out _).ShouldBe(isValid);
    }

    [Fact]
    public void Sixty_four_characters_are_the_most()
    {
        IdentifierRule.IsValid(new string('x', 64)).ShouldBeTrue();
        IdentifierRule.IsValid(new string('x', 65)).ShouldBeFalse();
    }

    [Fact]
    public void Folder_in_place_of_a_name_is_refused_in_words()
    {
        Should.Throw<FormatException>(() => TruckId.Parse("..")).Message.ShouldContain("neither '.' nor '..'");
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize("{\"sessions\":[{\"sessionId\":\"..\",\"storedThrough\":1}]}", ContractJson.Default.StoredMarks)).Message.ShouldContain("neither '.' nor '..'");
    }
}
