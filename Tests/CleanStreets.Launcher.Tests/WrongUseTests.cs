using System.Net;
using System.Net.Sockets;
using CleanStreets.Testing;

namespace CleanStreets.Launcher.Tests;

/// <summary>Wrong use is one clear sentence and exit code 2, before anything has been started.</summary>
public sealed class WrongUseTests
{
    [Fact]
    public async Task Port_in_use_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = taken.LocalEndpoint.ToString()!;
        using var data = new TemporaryFolder();

        await RefusesAsync(["demo", "--http", address, "--data", data.Path], "--http " + address, "in use");
        await RefusesAsync(["up", "--mqtt", address, "--data", data.Path], "--mqtt " + address, "in use");
    }

    [Fact]
    public async Task Missing_streets_file_is_named()
    {
        using var data = new TemporaryFolder();
        await RefusesAsync(["demo", "--streets", "/nowhere/streets.geojson", "--data", data.Path], "/nowhere/streets.geojson", "no such file");
        await RefusesAsync(["demo", "--streets", "generated:many", "--data", data.Path], "generated:many", "whole number");
    }

    [Fact]
    public Task Data_folder_that_cannot_be_written_is_named() => RefusesAsync(["demo", "--data", "/proc/cleanstreets"], "--data /proc/cleanstreets", "cannot be written");

    [Fact]
    public async Task Anonymous_clear_text_beyond_loopback_wants_to_be_asked_for_in_words()
    {
        using var data = new TemporaryFolder();
        await RefusesAsync(["up", "--mqtt", "0.0.0.0:0", "--data", data.Path], "--mqtt 0.0.0.0:0", "--insecure-beyond-loopback");
        await RefusesAsync(["demo", "--http", "0.0.0.0:0", "--data", data.Path], "--http 0.0.0.0:0", "--insecure-beyond-loopback");
        await RefusesAsync(["up", "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0", "--mqtt-tls", "0.0.0.0:0", "--data", data.Path], "--mqtt-tls-cert FILE");
        await RefusesAsync(["up", "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0", "--fleet", "127.0.0.1:0", "--data", data.Path], "--mqtt-tls HOST:PORT");
    }

    [Fact]
    public async Task Ways_in_are_passed_on_to_ingest_which_judges_them_and_help_names_them()
    {
        using var data = new TemporaryFolder();
        string[] up = ["up", "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0", "--data", data.Path];
        await RefusesAsync([.. up, "--mqtt-broker", "nowhere"], "'nowhere' is not the address of a broker");
        await RefusesAsync([.. up, "--events", "0.0.0.0:0"], "--events");
        await using var help = ProductProgram.Start("deploy/CleanStreets.Launcher", "up", "--help");
        (await help.ExitAsync(Eventually.Patience)).ShouldBe(0, help.Output);
        help.Output.ShouldContain("--mqtt-broker <URL>");
        help.Output.ShouldContain("--events <HOST:PORT>");
        string.Join(' ', help.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ShouldContain("of all trucks together");
    }

    [Theory]
    [InlineData("demo --speed 0", "--speed")]
    [InlineData("frobnicate", "frobnicate")]
    [InlineData("demo --trucks 0", "--trucks")]
    [InlineData("demo --trucks 201", "--trucks")]
    [InlineData("demo --trucks many", "many")]
    [InlineData("demo --mqtt nowhere", "--mqtt nowhere")]
    [InlineData("demo --bogus", "--bogus")]
    [InlineData("up --evidence-days 0", "--evidence-days 0")]
    [InlineData("up --evidence-megabytes 2000000", "--evidence-megabytes 2000000")]
    [InlineData("index --method lasan-1999 --grids a.csv --out b.csv", "lasan-1999")]
    [InlineData("index --method lasan-2016-q3 --grids /nowhere/a.csv --out b.csv", "/nowhere/a.csv")]
    [InlineData("match --streets /nowhere/s.geojson --traces t.csv --passes p.csv", "/nowhere/s.geojson")]
    [InlineData("streets check /nowhere/s.geojson", "/nowhere/s.geojson")]
    public Task Wrong_words_are_named(string arguments, string named) => RefusesAsync(arguments.Split(' '), named);

    private static async Task RefusesAsync(string[] arguments, params string[] said)
    {
        await using var launcher = ProductProgram.Start("deploy/CleanStreets.Launcher", arguments);
        (await launcher.ExitAsync(Eventually.Patience)).ShouldBe(2, launcher.Output);
        launcher.Output.Split(Environment.NewLine).Length.ShouldBe(1, "one sentence, no more");
        foreach (var words in said)
        {
            launcher.Output.ShouldContain(words);
        }
    }
}
