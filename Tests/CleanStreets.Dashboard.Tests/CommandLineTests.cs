using System.Net;
using System.Net.Sockets;
using CleanStreets.Dashboard.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Dashboard.Tests;

public sealed class CommandLineTests
{
    private const string Program = "Dashboard/CleanStreets.Dashboard";

    [Fact]
    public async Task Program_says_when_it_is_ready_and_stops_cleanly()
    {
        using var folder = new TemporaryFolder();
        await using var city = await CityStandIn.StartAsync();
        await using var program = ProductProgram.Start(
            Program, "run", "--data", folder.Path, "--http", "127.0.0.1:0", "--mqtt", city.Mqtt.ToString(), "--read-api", city.ReadApi.ToString(), "--demo-users");
        var address = ProductProgram.ValueOf(await program.ReadyAsync(Eventually.Patience), "http");
        using var browser = new HttpClient { BaseAddress = new Uri(address) };
        (await browser.GetStringAsync("/healthz")).ShouldBe("ok");
        (await program.StopAsync(Eventually.Patience)).ShouldBe(0, program.Output);
    }

    [Fact]
    public async Task Folder_that_vanishes_is_one_sentence_and_exit_code_1()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Combine("dashboard");
        await using var city = await CityStandIn.StartAsync();
        await using var program = ProductProgram.Start(
            Program, "run", "--data", data, "--http", "127.0.0.1:0", "--mqtt", city.Mqtt.ToString(), "--read-api", city.ReadApi.ToString(), "--demo-users");
        await program.ReadyAsync(Eventually.Patience);

        Directory.Delete(data, recursive: true);

        (await program.ExitAsync(TimeSpan.FromMinutes(6))).ShouldBe(1, program.Output);
        program.Output.ShouldContain($"dashboard: It had to end: the folder {data} is gone");
        program.Output.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Port_in_use_is_one_sentence_and_exit_code_2()
    {
        using var folder = new TemporaryFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await EndsAsync("is in use", "run", "--data", folder.Path, "--http", taken.LocalEndpoint.ToString()!);
    }

    [Fact]
    public async Task Folder_that_cannot_be_written_is_one_sentence_and_exit_code_2()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Combine("a-file");
        await File.WriteAllTextAsync(file, "not a folder");
        await EndsAsync("cannot be written", "run", "--data", Path.Combine(file, "below"), "--http", "127.0.0.1:0");
    }

    [Theory]
    [InlineData("--data", "run")]
    [InlineData("HOST:PORT", "run", "--data", "{folder}", "--mqtt", "nowhere")]
    [InlineData("HOST:PORT", "run", "--data", "{folder}", "--http", "::1")]
    [InlineData("http://", "run", "--data", "{folder}", "--read-api", "ftp://x")]
    [InlineData("0 to 10,000", "run", "--data", "{folder}", "--capacity", "-1")]
    [InlineData("no folder", "run", "--data", "{folder}", "--web", "{folder}/nothing")]
    [InlineData("dance", "dance")]
    public async Task Wrong_use_is_one_sentence_and_exit_code_2(string sentence, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        await EndsAsync(sentence, [.. arguments.Select(argument => argument.Replace("{folder}", folder.Path, StringComparison.Ordinal))]);
    }

    private static async Task EndsAsync(string sentence, params string[] arguments)
    {
        await using var program = ProductProgram.Start(Program, arguments);
        (await program.ExitAsync(Eventually.Patience)).ShouldBe(2, program.Output);
        await Eventually.TrueAsync("the sentence arrives", () => program.Output.Contains(sentence, StringComparison.Ordinal));
        program.Output.ShouldNotContain("   at ");
    }
}
