using System.Globalization;

namespace CleanStreets.Edge.Tests.Install;

/// <summary>Root's half of an upgrade: takes a release, counts the starts of one on trial, goes back; and the power may go at any of its steps.</summary>
public sealed class SwitchTests : IDisposable
{
    private readonly ReleaseBench _bench = new();

    public SwitchTests() => _bench.Install(_bench.Program("0.1.0", _bench.Shell("old", "exit 0")), "--key", _bench.PublicKey);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Release_that_says_it_is_healthy_stays()
    {
        _bench.Fetched(_bench.Program("0.2.0", _bench.Shell("new", "exit 0")));
        Before().ShouldContain("0.2.0 is on trial, start 1 of 3");
        _bench.Current.ShouldBe("0.2.0");
        _bench.Switch("after").Code.ShouldBe(1, "it has not said that it is healthy");
        _bench.SayHealthy();
        _bench.Switch("after").Code.ShouldBe(0);
        Before().ShouldBeEmpty();
        _bench.Current.ShouldBe("0.2.0");
        Outcome().ShouldStartWith("outcome confirmed");
    }

    [Fact]
    public void Release_that_is_not_healthy_in_three_starts_goes_and_does_not_come_again()
    {
        _bench.Fetched(_bench.Program("0.2.0", _bench.Shell("new", "exit 0")));
        Before();
        Before();
        Before().ShouldContain("start 3 of 3");
        Before().ShouldContain("release 0.2.0 failed (not healthy in 3 starts): back to 0.1.0");
        _bench.Current.ShouldBe("0.1.0");
        Outcome().ShouldStartWith("outcome rolled-back");
        Before().ShouldBeEmpty("the archive still waits, and is left alone");
        _bench.Current.ShouldBe("0.1.0");
        Directory.Exists(Path.Combine(_bench.Home, "releases", "0.2.0")).ShouldBeFalse();
    }

    [Fact]
    public void Power_cuts_are_not_the_releases_fault_until_there_are_ten()
    {
        _bench.Fetched(_bench.Program("0.2.0", _bench.Shell("new", "exit 0")));
        for (var boot = 1; boot <= 10; boot++)
        {
            _bench.Switch("before", $"boot-{boot}").Said.ShouldContain("start 1 of 3");
        }

        _bench.Switch("before", "boot-11").Said.ShouldContain("not healthy in 10 boots");
        _bench.Current.ShouldBe("0.1.0");
    }

    [Fact]
    public void Older_release_is_taken_only_when_signed_to_replace_what_runs()
    {
        _bench.Fetched(_bench.Program("0.0.9", _bench.Shell("older", "exit 0")));
        Before().ShouldContain("it is older than 0.1.0, and not signed to replace it");
        _bench.Current.ShouldBe("0.1.0");
        _bench.Fetched(_bench.Program("0.0.9", _bench.Shell("older", "exit 0"), null, "--replaces", "0.1.0"));
        Before().ShouldContain("0.0.9 is on trial");
        _bench.Current.ShouldBe("0.0.9");
    }

    [Fact]
    public void Release_of_a_strange_key_is_refused_once_and_said()
    {
        _bench.Fetched(_bench.Program("0.2.0", _bench.Shell("new", "exit 0"), _bench.StrangeKey()));
        Before().ShouldContain("no key in /etc/cleanstreets-edge/release-keys has signed it");
        Outcome().ShouldStartWith("outcome refused");
        Before().ShouldBeEmpty();
        _bench.Current.ShouldBe("0.1.0");
    }

    [Fact]
    public void Box_that_was_wiped_loses_its_settings_and_does_not_start_until_it_is_installed_anew()
    {
        var settings = _bench.OnBox("etc/cleanstreets-edge/edge.json");
        _bench.Switch("wanted").ShouldBe((0, ""));
        File.Exists(settings).ShouldBeTrue();
        File.WriteAllText(_bench.OnBox("var/lib/cleanstreets-edge/wiped"), "");
        for (var start = 0; start < 2; start++)
        {
            var (code, said) = _bench.Switch("wanted");
            (code, File.Exists(settings)).ShouldBe((1, false), said);
            said.ShouldContain("enroll it again");
        }

        _bench.Install(_bench.Program("0.1.0", _bench.Shell("old", "exit 0")), "--truck", "truck-2");
        _bench.Switch("wanted").ShouldBe((0, ""));
        File.ReadAllText(settings).ShouldContain("truck-2");
    }

    [Fact]
    public void Release_that_never_had_a_link_is_tried_again_when_the_agent_asks_again_and_three_times_in_all()
    {
        _bench.Fetched(_bench.Program("0.2.0", _bench.Shell("new", "exit 0")));
        for (var time = 1; time <= 3; time++)
        {
            File.WriteAllText(_bench.OnBox("var/lib/cleanstreets-edge/upgrade/program/ready"), $"asked {time}\nflows readings\n");
            Before().ShouldContain("0.2.0 is on trial, start 1 of 3");
            SayLink("none");
            Before();
            Before();
            Before().ShouldContain(time < 3 ? "0.2.0 had no link (not healthy in 3 starts): back to 0.1.0, and again when that has one" : "release 0.2.0 failed (not healthy in 3 starts): back to 0.1.0");
            _bench.Current.ShouldBe("0.1.0");
            Outcome().ShouldStartWith("outcome rolled-back");
            Before().ShouldBeEmpty("the agent has not asked again");
        }

        File.WriteAllText(_bench.OnBox("var/lib/cleanstreets-edge/upgrade/program/ready"), "asked 4\n");
        Before().ShouldBeEmpty("never again");
        _bench.Current.ShouldBe("0.1.0");
    }

    [Fact]
    public void Release_that_had_a_link_and_was_not_healthy_goes_at_once()
    {
        _bench.Fetched(_bench.Program("0.2.0", _bench.Shell("new", "exit 0")));
        Before();
        SayLink("had");
        Before();
        Before();
        Before().ShouldContain("release 0.2.0 failed (not healthy in 3 starts): back to 0.1.0");
    }

    [Fact]
    public void Full_disk_is_not_the_releases_fault()
    {
        _bench.Fetched(_bench.Program("0.2.0", _bench.Shell("new", "exit 0")));
        var full = _bench.Combine("full.sh");
        File.WriteAllText(full, "stat() { if [ \"$1\" = -f ]; then echo '3 * 4096'; else command stat \"$@\"; fi; }\n");
        for (var start = 0; start < 5; start++)
        {
            var (code, said) = _bench.Switch("before", bashEnvironment: full);
            code.ShouldBe(0, said);
            said.ShouldContain("release 0.2.0 is not taken now: the disk has no room for it");
            _bench.Current.ShouldBe("0.1.0");
        }

        Before().ShouldContain("0.2.0 is on trial, start 1 of 3");
    }

    [Fact]
    public void Older_release_put_by_hand_lasts_though_the_newer_one_is_still_offered_and_a_newer_one_is_taken()
    {
        var newer = _bench.Program("0.2.0", _bench.Shell("new", "exit 0"));
        _bench.Fetched(newer);
        Before();
        _bench.SayHealthy();
        _bench.Switch("after").Code.ShouldBe(0);
        _bench.Install(_bench.Program("0.1.0", _bench.Shell("old", "exit 0")));
        _bench.Current.ShouldBe("0.1.0");
        _bench.Fetched(newer);
        Before().ShouldBeEmpty();
        _bench.Current.ShouldBe("0.1.0");
        File.ReadAllText(Path.Combine(_bench.Home, "failed")).ShouldContain(" 0.2.0 taken back by hand to 0.1.0");

        _bench.Fetched(_bench.Program("0.2.1", _bench.Shell("newest", "exit 0")));
        Before().ShouldContain("0.2.1 is on trial, start 1 of 3");
        _bench.Install(newer);
        _bench.Current.ShouldBe("0.2.0", "by hand it may come back");
        File.ReadAllText(Path.Combine(_bench.Home, "failed")).ShouldNotContain(" 0.2.0 ");
    }

    [Fact]
    public void Links_and_pipes_in_the_agents_folder_are_not_followed()
    {
        var secret = _bench.Combine("secret");
        File.WriteAllText(secret, "root's own");
        _bench.Fetched(_bench.Program("0.2.0", _bench.Shell("new", "exit 0")));
        var archive = _bench.OnBox("var/lib/cleanstreets-edge/upgrade/program/archive");
        File.Delete(archive);
        File.CreateSymbolicLink(archive, secret);
        Before().ShouldContain("the archive cannot be read");

        _bench.Fetched(_bench.Program("0.2.1", _bench.Shell("new", "exit 0")));
        File.Delete(archive);
        ReleaseBench.Run("/usr/bin/mkfifo", archive).Code.ShouldBe(0);
        Before().ShouldContain("the archive is not the one that was signed");
        _bench.Current.ShouldBe("0.1.0");
    }

    /// <summary>Each command of the script is once the last one. Whatever it leaves, the next start runs one of the two releases, whole, and the end is the same.</summary>
    [Theory]
    [InlineData("take", "0.2.0")]
    [InlineData("confirm", "0.2.0")]
    [InlineData("go back", "0.1.0")]
    [InlineData("refuse", "0.1.0")]
    public void Power_may_go_between_any_two_steps(string what, string expected)
    {
        var manifest = _bench.Program("0.2.0", _bench.Shell("new", "exit 0"), what == "refuse" ? _bench.StrangeKey() : null);
        _bench.Fetched(manifest);
        var verb = what == "confirm" ? "after" : "before";
        if (what is "confirm" or "go back")
        {
            Before();
        }

        if (what == "confirm")
        {
            _bench.SayHealthy();
        }

        if (what == "go back")
        {
            Before();
            Before();
        }

        var start = _bench.Combine("start");
        ReleaseBench.Run("/bin/cp", "-a", _bench.Root, start).Code.ShouldBe(0);
        var cuts = 0;
        for (var cut = 1; ; cut++)
        {
            ReleaseBench.Run("/bin/rm", "-rf", _bench.Root).Code.ShouldBe(0);
            ReleaseBench.Run("/bin/cp", "-a", start, _bench.Root).Code.ShouldBe(0);
            var trap = _bench.Combine("cut.sh");
            File.WriteAllText(trap, $"set -T\ncut=0\ntrap 'if (( ++cut == {cut.ToString(CultureInfo.InvariantCulture)} )); then kill -KILL $$ $BASHPID; fi' DEBUG\n");
            var killed = _bench.Switch(verb, bashEnvironment: trap).Code == 137;
            cuts += killed ? 1 : 0;

            // The power is back: another boot.
            var (code, said) = _bench.Switch("before", "boot-2");
            code.ShouldBe(0, said);
            File.Exists(Path.Combine(_bench.Home, "current", "CleanStreets.Edge")).ShouldBeTrue($"after a cut at step {cut} something starts: {said}");
            if (what == "take")
            {
                _bench.SayHealthy();
                _bench.Switch("after").Code.ShouldBe(0, $"step {cut}");
            }

            if (what == "go back")
            {
                // A cut before its decision is one more chance, and another boot has three.
                for (var i = 0; i < 3 && File.Exists(Path.Combine(_bench.Home, "trial")); i++)
                {
                    _bench.Switch("before", "boot-2");
                }
            }

            _bench.Current.ShouldBe(expected, $"step {cut}");
            File.Exists(Path.Combine(_bench.Home, "trial")).ShouldBeFalse($"step {cut}");
            Outcome().ShouldStartWith(what switch { "go back" => "outcome rolled-back", "refuse" => "outcome refused", _ => "outcome confirmed" }, Case.Sensitive, $"step {cut}");
            if (!killed)
            {
                break;
            }
        }

        cuts.ShouldBeGreaterThan(20);
    }

    private string Before()
    {
        var (code, said) = _bench.Switch("before");
        code.ShouldBe(0, said);
        return said;
    }

    /// <summary>Says, as the agent on trial does, whether it has had a link.</summary>
    private void SayLink(string what) =>
        File.WriteAllText(_bench.OnBox("var/lib/cleanstreets-edge/upgrade/link"), File.ReadLines(Path.Combine(_bench.Home, "trial")).First(line => line.StartsWith("id ", StringComparison.Ordinal))[3..] + $" {what}\n");

    private string Outcome() => File.ReadAllText(Path.Combine(_bench.Home, "outcome"));
}
