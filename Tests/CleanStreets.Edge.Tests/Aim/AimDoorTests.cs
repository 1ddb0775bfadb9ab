using CleanStreets.Edge.Aim.Page;
using CleanStreets.Edge.Tests.Support;

namespace CleanStreets.Edge.Tests.Aim;

public sealed class AimDoorTests
{
    private readonly ManualClock _clock = new();
    private readonly List<string> _said = [];

    [Fact]
    public void A_code_opens_once()
    {
        var door = Door();
        var code = door.Code;
        var token = door.Enter($" {code[..4]} {code[4..]} ", "phone").Token.ShouldNotBeNull();
        door.Knows(token).ShouldBeTrue();
        door.Code.ShouldNotBe(code);
        door.Enter(code, "thief").Token.ShouldBeNull("it was used");
        _said.ShouldBe(["phone has the page now"]);
        door.Knows(token[..^1] + (token[^1] == '0' ? '1' : '0')).ShouldBeFalse();
        door.Knows(null).ShouldBeFalse();
        door.Knows("").ShouldBeFalse();
        door.Knows(new string('é', 64)).ShouldBeFalse();
    }

    [Fact]
    public void Five_wrong_codes_make_a_new_one_and_a_rest_for_everybody()
    {
        var door = Door();
        var token = door.Enter(door.Code, "phone").Token.ShouldNotBeNull();
        var code = door.Code;
        for (var guess = 1; guess < AimDoor.Guesses; guess++)
        {
            door.Enter(Wrong(code), "thief").ShouldBe(new Entry(null, null));
        }

        door.Enter(Wrong(code), "thief").Wait.ShouldBe(AimDoor.Rest);
        door.Code.ShouldNotBe(code);
        _clock.Advance(TimeSpan.FromSeconds(29));
        door.Enter(door.Code, "thief").ShouldBe(new Entry(null, TimeSpan.FromSeconds(1)), "not even the right one");
        door.Knows(token).ShouldBeTrue("whoever is in is not disturbed");
        _clock.Advance(TimeSpan.FromSeconds(1));
        door.Enter(door.Code, "phone").Token.ShouldNotBeNull();
        _said.Count.ShouldBe(3);
        _said[1].ShouldBe("5 wrong codes, the last from thief");
    }

    [Fact]
    public void A_phone_stays_eight_hours_and_three_phones_are_enough()
    {
        var door = Door();
        var first = door.Enter(door.Code, "a").Token;
        var others = Enumerable.Range(0, 3).Select(_ => door.Enter(door.Code, "b").Token).ToList();
        door.Knows(first).ShouldBeFalse("a fourth takes the place of the oldest");
        others.ShouldAllBe(token => door.Knows(token));
        _clock.Advance(AimDoor.SessionLife);
        others.ShouldAllBe(token => !door.Knows(token));
    }

    private AimDoor Door() => new(_clock, (_, why) => _said.Add(why));

    private static string Wrong(string code) => code == "00000000" ? "00000001" : "00000000";
}
